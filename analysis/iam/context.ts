/** What a request says: its keys and their values. */
import { type Caller, ownKey } from "./caller";
import { HOLE, isUnknown, withHoles } from "./unknown";

/** A key's value as a caller of the evaluator gives it. */
export type ContextValue =
  string | number | boolean | symbol | readonly (string | number | boolean | symbol)[];

/**
 * Keys of a request. A key that is left out is absent from the request; UNKNOWN may be absent or have any
 * value; `[UNKNOWN]` is there with a value that is not known. Keys do not tell case apart.
 */
export type Context = Readonly<Record<string, ContextValue | undefined>>;

/** A key's value inside the evaluator. */
export interface KeyValue {
  /** Texts, with holes. */
  readonly texts: readonly string[];
  /** Whether the key may be absent too. */
  readonly maybeAbsent: boolean;
}

const ANYTHING: KeyValue = { texts: [HOLE], maybeAbsent: true };

/** The keys of one request. */
export class Keys {
  private read: ReadonlyMap<string, ContextValue | undefined> | undefined;

  constructor(
    private readonly caller: Caller,
    private readonly context: Context,
    /** Whether keys that are not listed may be there. */
    private readonly open: boolean,
  ) {}

  /** Read when a statement first asks: most have no condition. */
  private get given(): ReadonlyMap<string, ContextValue | undefined> {
    return (this.read ??= new Map(
      Object.entries(this.context).map(([key, value]) => [key.toLowerCase(), value]),
    ));
  }

  /** The value of a key, given in lower case; nothing where the request has none. */
  get(key: string): KeyValue | undefined {
    if (this.given.has(key)) return keyValue(this.given.get(key));
    const own = ownKey(this.caller, key);
    if (own !== undefined) {
      return { texts: [own], maybeAbsent: false };
    }
    return this.open && !NEVER_OPEN.has(key) ? ANYTHING : undefined;
  }

  /** The value of a policy variable, which cannot be a list. */
  readonly variable = (key: string): string | undefined => {
    const value = this.get(key);
    if (value === undefined || value.texts.length === 0) {
      return undefined;
    }
    return value.maybeAbsent || value.texts.length > 1 ? HOLE : value.texts[0];
  };
}

/** Keys that follow from the caller: absent where the caller has none. */
const NEVER_OPEN: ReadonlySet<string> = new Set([
  "aws:principalarn",
  "aws:principalaccount",
  "aws:username",
  "aws:principalservicename",
]);

function keyValue(value: ContextValue | undefined): KeyValue | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (isUnknown(value)) {
    return ANYTHING;
  }
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return {
    texts: list.map((item) => (isUnknown(item) ? HOLE : withHoles(String(item)))),
    maybeAbsent: false,
  };
}
