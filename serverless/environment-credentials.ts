/**
 * Stands in for the default credential chain of the SDK in every bundle: in Lambda the credentials of the role always come
 * from the environment, and the rest of the chain (SSO, profiles, processes, instance metadata) is 130 KB a function.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
