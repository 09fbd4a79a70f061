/** Controls of the network without a rule of their own. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "EC2.172",
    reason: "VPC Block Public Access is an account setting, not a resource of this stack.",
  },
  {
    control: "AWS-0104",
    reason:
      "It refuses every port to the internet, also 443 alone, which the endpoints of AWS and of others need; `sg-egress-restricted` refuses all ports.",
  },
];
