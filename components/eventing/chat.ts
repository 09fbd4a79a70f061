import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SERVICE_PRINCIPALS } from "../../facts/service-principals";

import type { Names } from "../../platform/names";
import { policyDocument } from "../../platform/policy-documents";
import type { Tags } from "../../platform/tags";

/** What the channel's members may request, even if their roles allow more: AWS's default is administrator access. */
const GUARDRAIL = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess";

export interface CrmChatArgs {
  /** Id of the workspace, which a person has authorised once in the console. */
  readonly workspaceId: string;
  readonly channelId: string;
  readonly topicArns: readonly pulumi.Input<string>[];
  readonly names: Names;
  readonly tags: Tags;
}

/**
 * A Slack channel that gets what topics publish, by Amazon Q Developer in chat applications (AWS Chatbot before). Its role has no
 * permissions: the channel receives messages, and runs no commands. SNS decrypts an encrypted topic's messages itself. Free of charge. Source: AWS
 * Chatbot API Reference, SlackChannelConfiguration: without guardrails it has AdministratorAccess.
 */
export class CrmChat extends pulumi.ComponentResource {
  public constructor(name: string, args: CrmChatArgs, opts?: pulumi.ComponentResourceOptions) {
    super("crm:aws:CrmChat", name, {}, opts);
    const channel = args.channelId.toLowerCase();
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        name: args.names.of(`chat-${channel}`, "role"),
        description: "Chat channel that is told of alarms; it may do nothing",
        assumeRolePolicy: policyDocument({
          sid: "AssumedByService",
          principals: { services: [SERVICE_PRINCIPALS.chatbot] },
          actions: ["sts:AssumeRole"],
        }),
        tags: args.tags,
      },
      { parent: this },
    );
    new aws.chatbot.SlackChannelConfiguration(
      name,
      {
        configurationName: args.names.of(`chat-${channel}`),
        slackTeamId: args.workspaceId,
        slackChannelId: args.channelId,
        iamRoleArn: role.arn,
        guardrailPolicyArns: [GUARDRAIL],
        loggingLevel: "ERROR",
        snsTopicArns: [...args.topicArns],
        userAuthorizationRequired: true,
        tags: args.tags,
      },
      // AWS changes a configuration's channel, and never its workspace or name, though the provider plans an update of
      // both; the name of the old one has to be free.
      {
        parent: this,
        replaceOnChanges: ["configurationName", "slackTeamId"],
        deleteBeforeReplace: true,
      },
    );
    this.registerOutputs({});
  }
}
