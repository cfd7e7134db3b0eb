import type { OpenKeyringEntry } from "@aster/trust/files";

/** A keyring in memory. */
export function fakeKeyring(): { open: OpenKeyringEntry; entries: Map<string, string> } {
  const entries = new Map<string, string>();
  const open: OpenKeyringEntry = (service, account) => {
    const key = `${service}/${account}`;
    return {
      getPassword: async () => entries.get(key),
      setPassword: async (password) => void entries.set(key, password),
      deleteCredential: async () => entries.delete(key),
    };
  };
  return { open, entries };
}

/** A keyring that cannot be used. */
export const brokenKeyring: OpenKeyringEntry = () => {
  const fail = (): Promise<never> => Promise.reject(new Error("no keyring is running"));
  return { getPassword: fail, setPassword: fail, deleteCredential: fail };
};
