export const makeId = () => 'id';
export interface Id {
  readonly id: string;
}
