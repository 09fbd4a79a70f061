/** Controls of the network that no rule of their own answers. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "EC2.172",
    reason: "VPC Block Public Access is a setting of the account and no resource of this stack.",
  },
  {
    control: "EC2.10",
    reason:
      "The platform never calls EC2's own interface from its tasks, so vpc-endpoints-present leaves that endpoint out by default.",
  },
];
