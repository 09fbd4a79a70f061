/** Who connects to a stack's load balancers: CloudFront, the stack's own or another one's, or the clients themselves. */
type OfType = (type: string) => readonly { readonly inputs: Readonly<Record<string, unknown>> }[];

/** Whether clients do: there is no distribution, and no security group admits another stack's by a prefix list. */
export function takesClients(ofType: OfType): boolean {
  if (ofType("aws:cloudfront/distribution:Distribution").length > 0) return false;
  const rules = [
    ...ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(
      ({ inputs }) => inputs["prefixListId"],
    ),
    ...ofType("aws:ec2/securityGroupRule:SecurityGroupRule")
      .filter(({ inputs }) => inputs["type"] === "ingress")
      .flatMap(({ inputs }) => listOf(inputs["prefixListIds"])),
    ...ofType("aws:ec2/securityGroup:SecurityGroup")
      .flatMap(({ inputs }) => listOf(inputs["ingress"]))
      .flatMap((rule) => listOf((rule as Record<string, unknown> | null)?.["prefixListIds"])),
  ];
  return rules.every((list) => list === undefined);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
