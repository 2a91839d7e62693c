import type { Migration } from '../../ports/database.ts';

export const devices: Migration = {
  name: '0025-devices',
  sql: `
    create table devices (
      person_id uuid not null references people,
      device_id text not null,
      session_id uuid not null references sessions on delete cascade,
      platform text not null check (platform in ('ios', 'android', 'web', 'desktop')),
      name text,
      token text unique,
      registered_at timestamptz not null,
      last_active_at timestamptz not null,
      primary key (person_id, device_id)
    );
    comment on column devices.device_id is 'Chosen by the client.';
    comment on column devices.token is 'By which its platform sends it notifications. A secret: never shown.';
    create index devices_session on devices (session_id);

    -- Whatever ends a session: nothing more is sent to a device that is signed out.
    create function devices_of_session_end() returns trigger language plpgsql as $$
    begin
      delete from devices where session_id = new.id;
      return null;
    end $$;
    create trigger devices_session_ended after update of revoked_at on sessions for each row
      when (old.revoked_at is null and new.revoked_at is not null) execute function devices_of_session_end();
  `,
};
