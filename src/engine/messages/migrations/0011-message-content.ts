import type { Migration } from '../../ports/database.ts';

export const messageContent: Migration = {
  name: '0011-message-content',
  sql: `
    alter table messages
      add content jsonb,
      add reply_to jsonb,
      add mentions jsonb,
      add forwarded jsonb,
      add reaction_count integer not null default 0,
      add edited_at timestamptz,
      add deleted_at timestamptz,
      add deleted_by uuid,
      add pinned_at timestamptz,
      add pinned_by uuid,
      add expires_at timestamptz,
      add changed boolean not null default false;
    comment on column messages.content is 'What a message of its kind has beside the text.';
    comment on column messages.reply_to is 'messageId, seq and senderId of the message that it answers.';
    comment on column messages.forwarded is 'How often it was forwarded, and whose message it was first and where.';
    comment on column messages.changed is 'It is no longer as it was stored, so who has it must learn of it by its rev.';
    create index messages_changed on messages (conversation_id, rev) where changed;
    create index messages_pinned on messages (conversation_id, pinned_at) where pinned_at is not null;
    create index messages_expiry on messages (expires_at) where expires_at is not null and deleted_at is null;

    create table reactions (
      conversation_id uuid not null,
      seq bigint not null,
      person_id uuid not null,
      emoji text not null,
      reacted_at timestamptz not null,
      primary key (conversation_id, seq, person_id)
    );

    create table message_edits (
      conversation_id uuid not null,
      seq bigint not null,
      rev bigint not null,
      text text not null,
      mentions jsonb,
      replaced_at timestamptz not null,
      primary key (conversation_id, seq, rev)
    );
    comment on table message_edits is 'What a message said before each edit; rev is that at which it began to say it.';

    create table message_marks (
      person_id uuid not null,
      conversation_id uuid not null,
      seq bigint not null,
      hidden boolean not null default false,
      starred_at timestamptz,
      version bigint not null,
      primary key (person_id, conversation_id, seq)
    );
    comment on table message_marks is 'What one member has done with a message for themself: deleted for me, starred.';
    comment on column message_marks.version is 'The member''s version at the last change of the mark.';
    create index message_marks_changed on message_marks (person_id, conversation_id, version);
    create index message_marks_starred on message_marks (person_id, starred_at, conversation_id, seq) where starred_at is not null;
  `,
};
