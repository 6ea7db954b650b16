/** What may pass with time: throttling, a fault of the network or of AWS. The queue in front tries again. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

/** Another invocation is at work on the resource. The queue in front tries again. */
export class ResourceBusyError extends Error {
  override readonly name = 'ResourceBusyError';
}

/** An event or order that nobody of us can have sent. It ends in the dead-letter queue. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}
