import type { Migration } from '../../ports/database.ts';

export const notifications: Migration = {
  name: '0030-notifications',
  sql: `
    alter table people add notified_kinds text[];
    comment on column people.notified_kinds is
      'Of what notifications are kept for the person; null: they have no feed, and nothing is written for them.';
    alter table conversations add notifies boolean not null default false;
    comment on column conversations.notifies is
      'There may be notifications of it: of a direct one where one of the two has a feed, of a group from the first one on.';

    create table notifications (
      person_id uuid not null,
      id uuid not null,
      kind text not null,
      conversation_id uuid not null,
      seq bigint not null,
      actor_id uuid not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      read_at timestamptz,
      primary key (person_id, id)
    );
    comment on table notifications is 'What it says is read from the message. No foreign keys, as of messages.';
    comment on column notifications.id is 'Of the message, where it is of one.';
    comment on column notifications.seq is 'Who has read on to it, or has cleared up to it, has done with it.';
    comment on column notifications.expires_at is 'Of the message: then it is gone, although its row may still be there.';
    create index notifications_feed on notifications (person_id, created_at, seq, id);
    create index notifications_unread on notifications (person_id, created_at, seq, id) where read_at is null;
    create index notifications_place on notifications (person_id, conversation_id, seq);
    create index notifications_age on notifications (created_at);

    -- Whoever can no longer see what it is about has no notification of it: they have left, or cleared it.
    create function notifications_out_of_sight() returns trigger language plpgsql as $$
    begin
      delete from notifications
      where person_id = new.person_id and conversation_id = new.conversation_id
        and (new.left_at is not null or seq <= new.history_from);
      return null;
    end $$;
    create trigger notifications_out_of_sight after update of left_at, history_from on members for each row
      when (new.left_at is not null and old.left_at is null or new.history_from > old.history_from)
      execute function notifications_out_of_sight();

    create function notifications_hidden() returns trigger language plpgsql as $$
    begin
      delete from notifications
      where person_id = new.person_id and conversation_id = new.conversation_id and seq = new.seq;
      return null;
    end $$;
    create trigger notifications_hidden after insert or update of hidden on message_marks for each row
      when (new.hidden) execute function notifications_hidden();

    -- The message is gone, or names somebody no more.
    create function notifications_of_message() returns trigger language plpgsql as $$
    declare
      of_direct uuid[];
      edited boolean := tg_op = 'UPDATE' and new.deleted_at is null;
    begin
      select string_to_array(direct_key, ':')::uuid[] into of_direct
        from conversations where id = old.conversation_id and notifies;
      if not found or edited and of_direct is not null then
        return null;
      end if;
      delete from notifications
      where id = old.id and person_id = any (coalesce(of_direct, array(
        select (mention ->> 'personId')::uuid from jsonb_array_elements(coalesce(old.mentions, '[]')) as mention
        except
        select (mention ->> 'personId')::uuid from jsonb_array_elements(coalesce(new.mentions, '[]')) as mention
        where edited
      )));
      return null;
    end $$;
    create trigger notifications_of_message after update of deleted_at, mentions on messages for each row
      when (old.deleted_at is null and (new.deleted_at is not null or old.mentions is distinct from new.mentions))
      execute function notifications_of_message();
    create trigger notifications_of_removed_message after delete on messages for each row
      when (old.deleted_at is null) execute function notifications_of_message();
  `,
};
