import type { Migration } from '../../ports/database.ts';

export const auth: Migration = {
  name: '0002-auth',
  sql: `
    create table passwords (
      person_id uuid primary key references people,
      hash text not null,
      changed_at timestamptz not null
    );

    create table one_time_codes (
      phone text primary key,
      code_hash text not null,
      attempts_left integer not null,
      created_at timestamptz not null,
      expires_at timestamptz not null
    );
    create index one_time_codes_expiry on one_time_codes (expires_at);

    create table sessions (
      id uuid primary key,
      person_id uuid not null references people,
      door text not null,
      token_hash text unique,
      device_name text,
      user_agent text,
      ip text not null,
      created_at timestamptz not null,
      last_used_at timestamptz not null,
      expires_at timestamptz not null,
      revoked_at timestamptz,
      revoked_reason text
    );
    comment on column sessions.token_hash is 'Of an opaque session token; null where the session lives by refresh tokens.';
    create index sessions_person on sessions (person_id, last_used_at) where revoked_at is null;
    create index sessions_expiry on sessions (expires_at);

    create table refresh_tokens (
      hash text primary key,
      session_id uuid not null references sessions on delete cascade,
      issued_at timestamptz not null,
      used_at timestamptz,
      request_key text
    );
    comment on column refresh_tokens.request_key is 'Of the request that used it up, so that its retry gets the same answer.';
    create index refresh_tokens_session on refresh_tokens (session_id);

    create table sign_ins (
      id uuid primary key,
      person_id uuid not null references people,
      at timestamptz not null,
      method text not null check (method in ('code', 'password')),
      succeeded boolean not null,
      failure text,
      door text not null,
      ip text not null,
      user_agent text,
      device_name text
    );
    create index sign_ins_person on sign_ins (person_id, id);
    create index sign_ins_age on sign_ins (at);
  `,
};
