/** `T` with its fields that may be undefined turned into fields that may be absent. */
type Defined<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/** Some of `T`'s fields; undefined takes an optional one away. */
export type Patch<T> = {
  [Key in keyof T]?: T extends Record<Key, T[Key]> ? T[Key] : T[Key] | undefined;
};

/** The object without its undefined fields: an optional field is absent and never undefined. */
export function omitUndefined<T extends object>(object: T): Defined<T> {
  const defined = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Defined<T>;
}
