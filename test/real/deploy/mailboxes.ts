import {
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { awsCall, SQS } from '../contracts/aws-call.ts';

/** What the rules of a stack would have woken functions with. */
export interface Mailboxes {
  /** Events for a function since the last time, as it would get them. */
  take(functionName: string): Promise<readonly unknown[]>;
}

/**
 * Lets each rule of the stack put its events into a queue instead of waking its function: the emulator answers PutEvents
 * with an error when a rule matches that has a function for a target. Schedules are left without a target.
 */
export async function retargetRules(
  emulatorUrl: string,
  eventBridge: EventBridgeClient,
  buses: readonly string[],
  prefix: string,
): Promise<Mailboxes> {
  const queues = new Map<string, string>();
  for (const EventBusName of buses) {
    const { Rules = [] } = await eventBridge.send(new ListRulesCommand({ EventBusName, NamePrefix: prefix }));
    for (const { Name: Rule, ScheduleExpression } of Rules) {
      const { Targets = [] } = await eventBridge.send(new ListTargetsByRuleCommand({ Rule, EventBusName }));
      await eventBridge.send(new RemoveTargetsCommand({ Rule, EventBusName, Ids: Targets.map(({ Id }) => Id ?? '') }));
      if (ScheduleExpression !== undefined) continue;
      const functionName = Targets[0]?.Arn?.split(':').at(-1) ?? '';
      const { QueueUrl } = await awsCall(emulatorUrl, SQS, 'CreateQueue', { QueueName: `to-${functionName}` });
      const { Attributes } = await awsCall(emulatorUrl, SQS, 'GetQueueAttributes', {
        QueueUrl,
        AttributeNames: ['QueueArn'],
      });
      const { QueueArn: Arn } = Attributes as { readonly QueueArn: string };
      await eventBridge.send(new PutTargetsCommand({ Rule, EventBusName, Targets: [{ Id: 'mailbox', Arn }] }));
      queues.set(functionName, String(QueueUrl));
    }
  }
  return {
    take: async (functionName) => {
      const QueueUrl = queues.get(functionName);
      if (QueueUrl === undefined) throw new Error(`no rule wakes ${functionName}`);
      const { Messages = [] } = (await awsCall(emulatorUrl, SQS, 'ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: 10,
      })) as { readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[] };
      for (const { ReceiptHandle } of Messages) {
        await awsCall(emulatorUrl, SQS, 'DeleteMessage', { QueueUrl, ReceiptHandle });
      }
      return Messages.map(({ Body }) => JSON.parse(Body) as unknown);
    },
  };
}
