import type { Migration } from '../../ports/database.ts';

/** An open report keeps the files of the message that it is about, whatever becomes of the message. */
export const reportedMedia: Migration = {
  name: '0026-reported-media',
  sql: `
    create function reported_media_changed() returns trigger language plpgsql as $$
    declare
      before uuid[] := '{}';
      after uuid[] := '{}';
    begin
      if tg_op <> 'INSERT' and old.status = 'open' then
        before := array(select media_of(old.snapshot -> 'content'));
      end if;
      if tg_op <> 'DELETE' and new.status = 'open' then
        -- Since the reporter saw the message, it may have been deleted and its files collected.
        after := array(
          select m.id from media m where m.id in (select media_of(new.snapshot -> 'content')) order by m.id for key share);
      end if;
      perform change_media_uses(coalesce(new.id, old.id), 0, before, after);
      return null;
    end $$;
    create trigger reported_media_inserted after insert on reports for each row
      when ((new.snapshot -> 'content') ?| array['media', 'imageMediaId']) execute function reported_media_changed();
    create trigger reported_media_updated after update of status on reports for each row
      when (old.status is distinct from new.status and (old.snapshot -> 'content') ?| array['media', 'imageMediaId'])
      execute function reported_media_changed();
    create trigger reported_media_deleted after delete on reports for each row
      when ((old.snapshot -> 'content') ?| array['media', 'imageMediaId']) execute function reported_media_changed();

    insert into media_uses (media_id, holder_id, seq)
      select m.id, r.id, 0 from reports r join media m on m.id in (select media_of(r.snapshot -> 'content'))
      where r.status = 'open' and (r.snapshot -> 'content') ?| array['media', 'imageMediaId'];
    comment on table media_uses is 'What shows a file: a message (conversation and seq), or a scheduled message, person, group or open report (seq 0).';
  `,
};
