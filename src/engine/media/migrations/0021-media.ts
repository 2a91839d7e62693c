import type { Migration } from '../../ports/database.ts';

/**
 * What uses a file is written down by triggers, in the transaction in which it begins or ends to: no path on which a
 * message is stored, deleted or removed can forget it, and a text costs nothing.
 */
export const media: Migration = {
  name: '0021-media',
  sql: `
    create table blobs (
      hash bytea primary key,
      key text not null unique,
      size bigint not null
    );
    comment on table blobs is 'Bytes that are kept, each once: by their SHA-256.';
    comment on column blobs.key is 'Where the blob store has them.';

    create table loose_blobs (
      key text primary key,
      remove_after timestamptz not null
    );
    comment on table loose_blobs is 'What may be in the blob store although nothing needs it: written before it is stored, and when it is given up.';
    create index loose_blobs_due on loose_blobs (remove_after);

    create table media (
      id uuid primary key,
      uploader_id uuid not null references people,
      purpose text not null check (purpose in ('message', 'avatar', 'story')),
      status text not null check (status in ('uploading', 'processing', 'ready', 'refused')),
      refusal text,
      file_name text not null,
      mime_type text,
      size bigint,
      facts jsonb,
      photo_key text unique,
      created_at timestamptz not null,
      keep_until timestamptz not null,
      claimed_until timestamptz,
      released boolean not null default false,
      check ((status = 'refused') = (refusal is not null)),
      check (status <> 'ready' or (mime_type is not null and size is not null and facts is not null))
    );
    comment on table media is 'Files that people have brought. Whose bytes are the same share a blob.';
    comment on column media.photo_key is 'Under which anybody may see it while it is the photo of a person or group.';
    comment on column media.keep_until is 'It is kept until then, whether anything uses it or not.';
    comment on column media.claimed_until is 'A node looks into it now; from then on another may.';
    comment on column media.released is 'Its uploader has deleted it: nothing new can use it.';
    create index media_uploader on media (uploader_id, id);
    create index media_claimed on media (claimed_until) where status = 'processing';

    create table renditions (
      media_id uuid not null references media on delete cascade,
      name text not null check (name in ('original', 'thumbnail')),
      hash bytea not null references blobs,
      mime_type text not null,
      width integer,
      height integer,
      primary key (media_id, name)
    );
    create index renditions_blob on renditions (hash);

    create table media_uses (
      media_id uuid not null references media,
      holder_id uuid not null,
      seq bigint not null,
      primary key (media_id, holder_id, seq)
    );
    comment on table media_uses is 'What shows a file: a message (conversation and seq), or a scheduled message, person or group (seq 0).';

    create table media_checks (
      id bigint generated always as identity primary key,
      media_id uuid not null,
      due timestamptz not null
    );
    comment on table media_checks is 'Files to look at: does anything still use them?';
    create index media_checks_due on media_checks (due, id);

    create function media_of(content jsonb) returns setof uuid language sql immutable as $$
      select (item #>> '{}')::uuid from jsonb_path_query(content, '$.media[*].mediaId') item
      union
      select (content ->> 'imageMediaId')::uuid where content ->> 'imageMediaId' is not null
    $$;

    create function change_media_uses(holder uuid, place bigint, before uuid[], after uuid[]) returns void
    language plpgsql as $$
    begin
      insert into media_uses (media_id, holder_id, seq)
      select id, holder, place from unnest(after) id where id <> all (before)
      on conflict do nothing;
      with unused as (
        delete from media_uses
        where media_id = any (before) and media_id <> all (after) and holder_id = holder and seq = place
        returning media_id
      )
      insert into media_checks (media_id, due) select media_id, '-infinity' from unused;
    end $$;

    create function message_media_changed() returns trigger language plpgsql as $$
    begin
      perform change_media_uses(
        coalesce(new.conversation_id, old.conversation_id), coalesce(new.seq, old.seq),
        array(select media_of(old.content)), array(select media_of(new.content)));
      return null;
    end $$;
    create trigger message_media_inserted after insert on messages for each row
      when (new.content ?| array['media', 'imageMediaId']) execute function message_media_changed();
    create trigger message_media_updated after update of content on messages for each row
      when (old.content is distinct from new.content
        and (old.content ?| array['media', 'imageMediaId'] or new.content ?| array['media', 'imageMediaId']))
      execute function message_media_changed();
    create trigger message_media_deleted after delete on messages for each row
      when (old.content ?| array['media', 'imageMediaId']) execute function message_media_changed();

    create function scheduled_media_changed() returns trigger language plpgsql as $$
    begin
      perform change_media_uses(coalesce(new.id, old.id), 0,
        array(select media_of(old.message -> 'content')), array(select media_of(new.message -> 'content')));
      return null;
    end $$;
    create trigger scheduled_media_changed after insert or delete or update of message on scheduled_messages
      for each row execute function scheduled_media_changed();

    create function photo_changed() returns trigger language plpgsql as $$
    begin
      -- Without nulls: what is compared with one is neither equal nor different.
      perform change_media_uses(new.id, 0,
        array_remove(array[old.photo_media_id], null), array_remove(array[new.photo_media_id], null));
      return null;
    end $$;
    alter table people add photo_media_id uuid;
    create trigger person_photo_changed after update of photo_media_id on people for each row
      when (old.photo_media_id is distinct from new.photo_media_id) execute function photo_changed();
    alter table conversations add photo_media_id uuid;
    create trigger group_photo_inserted after insert on conversations for each row
      when (new.photo_media_id is not null) execute function photo_changed();
    create trigger group_photo_changed after update of photo_media_id on conversations for each row
      when (old.photo_media_id is distinct from new.photo_media_id) execute function photo_changed();
  `,
};
