import type {
  ConsumerEnrollmentCredential,
  EnrollmentCredential,
} from "../credential/credential.ts";
import { NAME_ATTRIBUTE } from "../credential/credential.ts";
import { isSignedBy } from "../credential/verify.ts";
import { ROLE_ATTRIBUTE } from "../peers/peer-store.ts";

/**
 * Returns the credential with the attributes that were signed, or `undefined` if the signature fits
 * no form.
 *
 * The `aster` command of the Python package leaves `aster.role` and `aster.name` out of the file
 * where they equal the role and the name of the entry, also if they were signed.
 */
export function signedForm<T extends ConsumerEnrollmentCredential | EnrollmentCredential>(
  credential: T,
  entry: { readonly name: string; readonly role: string },
): T | undefined {
  const role = { [ROLE_ATTRIBUTE]: entry.role };
  const name = { [NAME_ATTRIBUTE]: entry.name };
  for (const added of [{}, role, { ...role, ...name }, name]) {
    const form = { ...credential, attributes: { ...added, ...credential.attributes } };
    if (isSignedBy(form, credential.rootPubkey)) return form;
  }
  return undefined;
}
