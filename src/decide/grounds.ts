// What a guard can say of itself when it has refused. It is said once for each refusal; who was
// refused by which facts, and who or what would have passed, follows from that and from the world.

/**
 * What a guard looks at: who calls, whether what the request names is there, what state it is in, how
 * many there are, or what the request says.
 */
export type GuardKind = 'access' | 'existence' | 'state' | 'limit' | 'input';

/** One way to hold a right: to be one of some users, or to have one of some roles, and the like. */
export interface Way {
  /** The name of the grant, such as `creator`. */
  readonly grant: string;
  /** What the ids are of; all members of an organization may hold it. */
  readonly to: 'user' | 'role' | 'department' | 'capability' | 'member';
  readonly ids: readonly string[];
  /** Where the ids stand: a field, and the row that has it. */
  readonly field?: string;
  readonly of?: string;
}

/** Who holds a right. */
export interface Holders {
  /** Only its members can. */
  readonly organization: string;
  /** Any of them is enough; where there are none, every member holds it. */
  readonly ways: readonly Way[];
}

export interface Grounds<Known> {
  readonly kind: GuardKind;
  /** What it lets pass, as a phrase: `a vector store that is not attached yet`. */
  readonly needs: string;
  /** Why it has refused, where the answer does not say. */
  readonly because?: (known: Known) => string;
  /** Of a guard of the kind `access`: those whom it lets pass. */
  readonly holders?: (known: Known) => Holders;
}
