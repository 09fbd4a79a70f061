/** Which of AWS's and Terraform's names is meant by a name of the SDK. */

const squeeze = (name: string) => name.replace(/[^A-Za-z0-9]/g, "").toLowerCase();

/** The name, in the singular and in the plural: the SDK makes a list's name plural, Terraform keeps blocks singular. */
function forms(name: string): string[] {
  const found = [name];
  if (name.endsWith("ies")) found.push(`${name.slice(0, -3)}y`);
  if (name.endsWith("es")) found.push(name.slice(0, -2));
  if (name.endsWith("s")) found.push(name.slice(0, -1));
  if (name.endsWith("y")) found.push(`${name.slice(0, -1)}ies`);
  if (name.endsWith("lists")) found.push(name.slice(0, -5), name.slice(0, -1));
  found.push(`${name}s`, `${name}es`);
  return found;
}

/**
 * The one of `known` names that `name` stands for: the same but for case, separators and number. AWS also repeats the
 * type's name in a property (`QueueName` of a queue) and adds what a value is (`KmsKeyId`, `RoleArn`).
 */
export function matching(
  name: string,
  known: Iterable<string>,
  owner: string | undefined = undefined,
): string | undefined {
  const byForm = new Map<string, string>();
  for (const one of known) if (!byForm.has(squeeze(one))) byForm.set(squeeze(one), one);
  const own = squeeze(name);
  for (const form of forms(own)) {
    const found = byForm.get(form);
    if (found !== undefined) return found;
  }
  for (const suffix of ["config", "configuration"]) {
    const found = byForm.get(own + suffix);
    if (found !== undefined) return found;
  }
  if (owner === undefined) return undefined;
  const type = squeeze(owner);
  for (const form of forms(own)) {
    const found = byForm.get(type + form) ?? byForm.get(form.replace(type, ""));
    if (found !== undefined) return found;
  }
  return undefined;
}
