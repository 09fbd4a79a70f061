/** Controls of servers, groups of servers, trails, tables and streams without a rule of their own. */
const RUNNING = "It asks about the state of running servers, which no plan shows.";
const IN_PLANS =
  "Which of them hold data that cannot be made again is not in the program; backup-covers-stateful requires a plan for those that the configuration names.";
const BUCKET = "Judged for every bucket by the rules of the group storage.";
const CLASSIC = "Its resource was for EC2-Classic, which AWS has shut down; the provider has none.";
const INCIDENTS =
  "Only programs that use Incident Manager need the endpoint; AWS accepts no new customers for it.";
export const notApplicable: readonly { control: string; reason: string }[] = [
  { control: "SSM.1", reason: RUNNING },
  { control: "SSM.2", reason: RUNNING },
  { control: "SSM.3", reason: RUNNING },
  { control: "EC2.4", reason: RUNNING },
  { control: "EC2.20", reason: "Whether a tunnel is up is its state, which no plan shows." },
  {
    control: "EC2.1",
    reason:
      "The provider's resource shares a snapshot with a named account only; a public share is made outside of the plan. ebs-snapshots-not-public judges the account's block.",
  },
  {
    control: "EC2.17",
    reason: "Several interfaces are how appliances work; the security group of each is judged.",
  },
  {
    control: "EC2.22",
    reason: "Whether a group is used outside of the program is not in the plan.",
  },
  {
    control: "EC2.24",
    reason: "The image decides on paravirtualization, and a plan has only its id.",
  },
  { control: "EC2.28", reason: IN_PLANS },
  { control: "EC2.58", reason: INCIDENTS },
  { control: "EC2.60", reason: INCIDENTS },
  { control: "CKV2_AWS_9", reason: IN_PLANS },
  {
    control: "DynamoDB.4",
    reason: "Judged by dynamodb-pitr: AWS then keeps a copy of every second.",
  },
  {
    control: "CKV_AWS_165",
    reason:
      "It is about global tables of 2017, which have no such input; dynamodb-pitr judges the tables of both versions.",
  },
  { control: "CloudTrail.6", reason: BUCKET },
  { control: "CloudTrail.7", reason: BUCKET },
  { control: "AWS-0161", reason: BUCKET },
  { control: "AWS-0163", reason: BUCKET },
  {
    control: "CKV_AWS_252",
    reason: "A topic tells that a file has come, which only a program that reads files needs.",
  },
  {
    control: "KDS3",
    reason: "It warns of the price of a key of one's own, which data-services-cmk asks for.",
  },
  {
    control: "AS2",
    reason: "It requires a grace period; the provider sets 300 seconds where none is given.",
  },
  {
    control: "AS3",
    reason:
      "EventBridge gets every event of scaling without a setting; who must hear of it is the program's choice.",
  },
  {
    control: "CKV_AWS_135",
    reason:
      "It has an effect, for a fee, only on types of previous generations such as m3. Newer types are optimized for EBS by default, or like t2 cannot be.",
  },
  {
    control: "CKV2_AWS_2",
    reason: "Judged by encrypted-at-rest, for every disk, attached or not.",
  },
  {
    control: "CKV_AWS_205",
    reason:
      "It refuses every share of an image; ami-not-public refuses that with every account, and a named one is a choice.",
  },
  {
    control: "CKV2_AWS_36",
    reason: "It is about Terraform's data source http, which Pulumi does not have.",
  },
  {
    control: "AWS-0134",
    reason: "It is about Terraform's data source http, which Pulumi does not have.",
  },
  {
    control: "AWS-0344",
    reason: "It is about a data source; a plan has only the id of the image that it found.",
  },
  { control: "AWS-0049", reason: CLASSIC },
  { control: "CKV_AWS_196", reason: CLASSIC },
];
