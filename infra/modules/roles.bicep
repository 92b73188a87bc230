metadata description = 'Who may do what: every role assignment there is, each with its reason.'

@description('The managed identity of the app.')
param principalId string
@description('A person or a group that sets the CA up. Empty: nobody.')
param operatorId string
param vaultName string
param caKeyName string
param scepMode string
param raKey string
param dataAccountName string
param hostAccountNames string[]
param componentName string

var roleIds = {
  'Key Vault Crypto User': '12338af0-0e69-4776-bea7-57ae8d297424'
  'Key Vault Certificates Officer': 'a4417e6f-fecd-4de8-b567-7b0420556985'
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6'
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource caKey 'Microsoft.KeyVault/vaults/keys@2024-11-01' existing = {
  parent: vault
  name: caKeyName
}

resource data 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: dataAccountName
}

resource hosts 'Microsoft.Storage/storageAccounts@2025-01-01' existing = [
  for accountName in hostAccountNames: {
    name: accountName
  }
]

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

// Signs certificates. On this one key: no other key can be used, and none can be made or deleted.
resource appSigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: caKey
  name: guid(caKey.id, principalId, 'sign')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Key Vault Crypto User'])
  }
}

// Makes the RA certificate and its successors, which cannot be made from here: the CA signs them.
resource appRenewsRa 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (scepMode == 'ra') {
  scope: vault
  name: guid(vault.id, principalId, 'ra certificate')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Key Vault Certificates Officer']
    )
  }
}

// Reads the private key of the RA certificate, where that works in the process, and what Key Vault references name.
// On the vault, since the secret of a certificate does not exist before the certificate.
resource appReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, 'secrets')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Key Vault Secrets User'])
  }
}

// Opens SCEP messages with the RA key where that stays in the vault. On the vault: the key comes with its certificate.
resource appUsesRaKey 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (scepMode == 'ra' && raKey == 'vault') {
  scope: vault
  name: guid(vault.id, principalId, 'ra key')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Key Vault Crypto User'])
  }
}

// Certificates, journal and outbox are rows.
resource appWritesRows 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data
  name: guid(data.id, principalId, 'tables')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Storage Table Data Contributor']
    )
  }
}

// CRLs are blobs; the CA certificates that are read lie beside them.
resource appPublishes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: data
  name: guid(data.id, principalId, 'blobs')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Storage Blob Data Contributor']
    )
  }
}

// The Functions host keeps its package, keys, locks and timers there, and asks for this role. Nothing of the CA is there.
resource hostOwnsItsAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (accountName, i) in hostAccountNames: {
    scope: hosts[i]
    name: guid(hosts[i].id, principalId, 'host')
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roleIds['Storage Blob Data Owner']
      )
    }
  }
]

// Sends telemetry: the component takes it with a token only.
resource appSendsTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, principalId, 'telemetry')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Monitoring Metrics Publisher']
    )
  }
}

// `skep setup` makes the CA certificate: it signs once with the CA key …
resource operatorSigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorId)) {
  scope: caKey
  name: guid(caKey.id, operatorId, 'sign')
  properties: {
    principalId: operatorId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds['Key Vault Crypto User'])
  }
}

// … and stores the certificate where the app reads it.
resource operatorInstalls 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorId)) {
  scope: data
  name: guid(data.id, operatorId, 'blobs')
  properties: {
    principalId: operatorId
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Storage Blob Data Contributor']
    )
  }
}
