/** @module Azure's built-in roles that may be assigned here. The list is the policy: any other role is a fault. */

/** Id of the role definition, the same in every tenant. */
export const ROLE_IDS: Readonly<Record<string, string>> = {
  'Key Vault Crypto User': '12338af0-0e69-4776-bea7-57ae8d297424',
  'Key Vault Certificates Officer': 'a4417e6f-fecd-4de8-b567-7b0420556985',
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb',
};

/** Who holds which role on what: name of the assignment in roles.bicep → role, symbol of the scope, condition. */
export const ASSIGNMENTS: Readonly<
  Record<string, { readonly role: string; readonly scope: string; readonly condition?: string }>
> = {
  appSigns: { role: 'Key Vault Crypto User', scope: 'caKey' },
  appRenewsRa: { role: 'Key Vault Certificates Officer', scope: 'vault', condition: "scepMode == 'ra'" },
  appReadsSecrets: { role: 'Key Vault Secrets User', scope: 'vault' },
  appUsesRaKey: {
    role: 'Key Vault Crypto User',
    scope: 'vault',
    condition: "scepMode == 'ra' && raKey == 'vault'",
  },
  appWritesRows: { role: 'Storage Table Data Contributor', scope: 'data' },
  appPublishes: { role: 'Storage Blob Data Contributor', scope: 'data' },
  hostOwnsItsAccount: { role: 'Storage Blob Data Owner', scope: 'hosts[i]' },
  appSendsTelemetry: { role: 'Monitoring Metrics Publisher', scope: 'component' },
  operatorSigns: { role: 'Key Vault Crypto User', scope: 'caKey', condition: '!empty(operatorId)' },
  operatorInstalls: { role: 'Storage Blob Data Contributor', scope: 'data', condition: '!empty(operatorId)' },
};
