import { Id, nullable, output, Time, Type } from '../kit/schemas.ts';
import { Person } from '../people/schemas.ts';

export const Contact = output({
  id: Id('The contact.'),
  person: nullable(Person),
  phone: nullable(Type.String({ description: 'As I know it. Without a person, nobody is known by it yet.' })),
  name: nullable(Type.String({ description: "The name that I gave; null where the person's own is shown." })),
  favourite: Type.Boolean(),
  closeFriend: Type.Boolean(),
  blocked: Type.Boolean({
    description: 'I have blocked the person. `block.changed` tells when it changes, and not `contact.updated`.',
  }),
  createdAt: Time('When it was added.'),
  changedAt: Time('When I last changed what is written here; when I added it, where I never did.'),
});

export const Block = output({
  person: Person,
  blockedAt: Time('When I blocked them.'),
});
