/** @module The AADSTS codes of Entra that an app like this meets: in the log, in `detail` of its health, at sign-in. */
import type { Cause } from './windows-causes.js';

export interface EntraCode extends Cause {
  readonly means: string;
}

/** By the digits after AADSTS. */
export const ENTRA_CODES: Readonly<Record<string, EntraCode>> = {
  '50011': {
    means: 'The redirect URI is not registered.',
    cause: 'The app registration lacks the address that the sign-in returns to.',
    remedy: 'Add the URI that the message names to the app registration.',
  },
  '50020': {
    means: 'The user account does not exist in that tenant.',
    cause: 'You are signed in with an account of another tenant.',
    remedy: 'Sign in again: az login --tenant <tenant id>.',
  },
  '50034': {
    means: 'The user account does not exist in that directory.',
    cause: 'The sign-in name is mistyped, or belongs to another tenant.',
    remedy: 'Sign in again: az login --tenant <tenant id>.',
  },
  '50076': {
    means: 'Multi-factor authentication is required.',
    cause: 'A Conditional Access policy demands it for this resource.',
    remedy: 'Sign in interactively: az login --scope <audience>/.default.',
  },
  '50079': {
    means: 'The user must register for multi-factor authentication.',
    cause: 'A policy demands it, and the user has no method yet.',
    remedy: 'Register one at https://aka.ms/mfasetup, then sign in again.',
  },
  '50105': {
    means: 'The signed-in user is not assigned to a role of the application.',
    cause: 'The enterprise application demands an assignment, and you have none.',
    remedy: 'Assign yourself Certificates.Read or Certificates.Revoke in the enterprise application.',
  },
  '53003': {
    means: 'Access was blocked by Conditional Access.',
    cause: 'A policy for workload identities or for users refuses this network or device.',
    remedy: 'Look at the sign-in log in Entra: it names the policy.',
  },
  '65001': {
    means: 'Consent to the application is missing.',
    cause: 'Nobody has granted the delegated permission that the command asks for.',
    remedy: 'Let an administrator consent, or preauthorize the Azure CLI in the app registration.',
  },
  '70011': {
    means: 'The scope is not valid.',
    cause: 'SKEP_INTUNE_SCOPE or SKEP_GRAPH_SCOPE is not the resource followed by /.default.',
    remedy: 'Take the defaults; Intune’s has two slashes: https://api.manage.microsoft.com//.default.',
  },
  '90002': {
    means: 'The tenant was not found.',
    cause: 'The tenant id is mistyped, or belongs to another cloud.',
    remedy: 'Compare SKEP_TENANT_ID with the tenant’s overview page.',
  },
  '700016': {
    means: 'The application was not found in the tenant.',
    cause: 'The client id is mistyped, or the application was deleted or never consented to there.',
    remedy: 'Compare the client id with the app registration; consent in the tenant that Intune belongs to.',
  },
  '700024': {
    means: 'The client assertion is outside its validity.',
    cause: 'The clock of the machine that signs it is wrong.',
    remedy: 'Set the clock.',
  },
  '700213': {
    means: 'No federated identity credential matches the assertion.',
    cause: 'Subject, issuer or audience of the federated credential differ from the managed identity’s.',
    remedy: 'Make the federated credential again, with the managed identity’s object id as subject.',
  },
  '7000215': {
    means: 'The client secret is wrong.',
    cause: 'The secret’s id was copied in place of its value, or the secret was replaced.',
    remedy: 'Use a managed identity, which has no secret; or put the new value into the key vault.',
  },
  '7000222': {
    means: 'The client secret has expired.',
    cause: 'It was made for some months, and they are over.',
    remedy: 'Use a managed identity, which has no secret; or make a new one.',
  },
  '500011': {
    means: 'The resource was not found in the tenant.',
    cause:
      'The scope lost a slash (Intune’s has two: https://api.manage.microsoft.com//.default), or the tenant has no Intune licence.',
    remedy: 'Take the default of SKEP_INTUNE_SCOPE; check the licence; for national clouds set their scopes.',
  },
  '501051': {
    means: 'The application is not assigned to a role of the resource.',
    cause: 'The app role was never granted to the app’s identity.',
    remedy: 'Run `skep setup`; a managed identity’s token can lack a new role for up to 24 hours.',
  },
};
