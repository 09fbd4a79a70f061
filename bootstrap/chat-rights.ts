/** What a deployment needs for chat channels that get a topic's messages. */
import { SERVICE_PRINCIPALS } from "../facts/service-principals";
import type { Arns } from "../platform/arns";
import type { Statement } from "../platform/policy-documents";
import { mapKeys } from "../platform/records";

export interface ChatScope {
  readonly arns: Arns;
  /** Start of the names of the stack's roles and channels. */
  readonly prefix: string;
  /** Tags by which a new configuration is the stack's. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Changes the chat configurations with the prefix, and hands them the platform's roles. No region is asked for: the service is
 * called in one of four, in whichever region the topics are. Sources: Service Authorization Reference, "AWS Chatbot" (making and
 * looking up take no resource); terraform-provider-aws, internal/service/chatbot/service_package.go (the region).
 */
export function chatRights({ arns, prefix, tags }: ChatScope): Statement[] {
  return [
    {
      sid: "LookAtChats",
      actions: ["chatbot:DescribeSlackChannelConfigurations", "chatbot:ListTagsForResource"],
      resources: ["*"],
    },
    {
      sid: "MakeChats",
      actions: ["chatbot:CreateSlackChannelConfiguration"],
      resources: ["*"],
      conditions: {
        StringEquals: mapKeys(tags, (tag) => `aws:RequestTag/${tag}`),
      },
    },
    {
      sid: "ChangeChats",
      actions: [
        "chatbot:DeleteSlackChannelConfiguration",
        "chatbot:TagResource",
        "chatbot:UntagResource",
        "chatbot:UpdateSlackChannelConfiguration",
      ],
      resources: [arns.global("chatbot", `chat-configuration/slack-channel/${prefix}-*`)],
    },
    {
      sid: "PassChatRoles",
      actions: ["iam:PassRole"],
      resources: [arns.role(`${prefix}-*`)],
      conditions: { StringEquals: { "iam:PassedToService": SERVICE_PRINCIPALS.chatbot } },
    },
  ];
}
