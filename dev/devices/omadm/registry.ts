/** @module A registry, as far as MDM needs one: keys, typed values, and a way back for transactions. */

export type RegistryValue =
  | { readonly type: 'REG_SZ'; readonly data: string }
  | { readonly type: 'REG_DWORD'; readonly data: number }
  | { readonly type: 'REG_BINARY'; readonly data: Uint8Array };

export interface RegistryKey {
  /** Such as `HKLM\SOFTWARE\Microsoft`. */
  readonly path: string;
  readonly values: Readonly<Record<string, RegistryValue>>;
}

/** Paths and names compare without regard to case and keep the one in which they were first written. */
export interface Registry {
  createKey(path: string): void;
  hasKey(path: string): boolean;
  /** With everything below it. @returns whether it was there. */
  deleteKey(path: string): boolean;
  /** Names of the keys one level below, in order of their creation. */
  subkeys(path: string): string[];
  read(path: string, name: string): RegistryValue | undefined;
  readText(path: string, name: string): string | undefined;
  readNumber(path: string, name: string): number | undefined;
  /** Makes the key if need be. */
  write(path: string, name: string, value: RegistryValue): void;
  deleteValue(path: string, name: string): void;
  /** All keys at and below a path, for people and tests. */
  list(path?: string): RegistryKey[];
  /** @returns a function that undoes every later change. */
  snapshot(): () => void;
}

type Values = ReadonlyMap<string, { readonly name: string; readonly value: RegistryValue }>;

const fold = (text: string): string => text.toLowerCase();

export const text = (data: string): RegistryValue => ({ type: 'REG_SZ', data });
export const dword = (data: number): RegistryValue => ({ type: 'REG_DWORD', data: data >>> 0 });
export const binary = (data: Uint8Array): RegistryValue => ({ type: 'REG_BINARY', data });

export function createRegistry(): Registry {
  // Value maps are replaced, never changed, so that a snapshot is a shallow copy.
  let keys = new Map<string, { readonly path: string; readonly values: Values }>();
  const isAtOrBelow = (key: string, path: string) => key === path || key.startsWith(`${path}\\`);

  const createKey = (path: string): void => {
    const parts = path.split('\\');
    for (let length = 1; length <= parts.length; length++) {
      const ancestor = parts.slice(0, length).join('\\');
      if (!keys.has(fold(ancestor))) keys.set(fold(ancestor), { path: ancestor, values: new Map() });
    }
  };
  const change = (
    path: string,
    edit: (values: Map<string, { name: string; value: RegistryValue }>) => void,
  ) => {
    const key = keys.get(fold(path));
    if (!key) return;
    const values = new Map(key.values);
    edit(values);
    keys.set(fold(path), { path: key.path, values });
  };
  const read = (path: string, name: string) => keys.get(fold(path))?.values.get(fold(name))?.value;

  return {
    createKey,
    hasKey: (path) => keys.has(fold(path)),
    deleteKey(path) {
      const doomed = [...keys.keys()].filter((key) => isAtOrBelow(key, fold(path)));
      for (const key of doomed) keys.delete(key);
      return doomed.length > 0;
    },
    subkeys(path) {
      const prefix = `${fold(path)}\\`;
      return [...keys]
        .filter(([key]) => key.startsWith(prefix) && !key.slice(prefix.length).includes('\\'))
        .map(([, key]) => key.path.slice(prefix.length));
    },
    read,
    readText(path, name) {
      const value = read(path, name);
      return value?.type === 'REG_SZ' ? value.data : undefined;
    },
    readNumber(path, name) {
      const value = read(path, name);
      return value?.type === 'REG_DWORD' ? value.data : undefined;
    },
    write(path, name, value) {
      createKey(path);
      change(path, (values) => values.set(fold(name), { name: values.get(fold(name))?.name ?? name, value }));
    },
    deleteValue(path, name) {
      change(path, (values) => values.delete(fold(name)));
    },
    list: (path) =>
      [...keys]
        .filter(([key]) => path === undefined || isAtOrBelow(key, fold(path)))
        .map(([, key]) => ({
          path: key.path,
          values: Object.fromEntries([...key.values.values()].map(({ name, value }) => [name, value])),
        })),
    snapshot() {
      const copy = new Map(keys);
      return () => {
        keys = new Map(copy);
      };
    },
  };
}
