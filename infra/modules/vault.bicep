metadata description = 'The vault and the CA key. The key is made here, once, so that the app needs no right to make keys.'

param name string
param location string
param tags object
param hsm bool
param caKeyName string
param caKeyType string
param scepMode string
param privateNetwork bool
param allowedAddresses string[]
param workspaceId string

var isRsa = startsWith(caKeyType, 'RSA-')
var rsaSizes = {
  'RSA-2048': 2048
  'RSA-3072': 3072
  'RSA-4096': 4096
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: hsm ? 'premium' : 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    // Cannot be undone, and must not be: whoever can purge the CA key ends the CA.
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: privateNetwork && empty(allowedAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      // Resource Manager is let through: it makes the key below.
      bypass: 'AzureServices'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
      ipRules: [for address in allowedAddresses: { value: address }]
      virtualNetworkRules: []
    }
  }
}

// Resource Manager makes a key that is not there, and leaves one that is there as it is.
resource caKey 'Microsoft.KeyVault/vaults/keys@2024-11-01' = {
  parent: vault
  name: caKeyName
  tags: tags
  properties: {
    kty: hsm ? (isRsa ? 'RSA-HSM' : 'EC-HSM') : (isRsa ? 'RSA' : 'EC')
    keySize: isRsa ? rsaSizes[caKeyType] : null
    curveName: isRsa ? null : (caKeyType == 'EC-P384' ? 'P-384' : 'P-256')
    // One purpose. Only where the CA itself opens SCEP messages must its key decrypt.
    keyOps: scepMode == 'ca' ? ['sign', 'verify', 'decrypt'] : ['sign', 'verify']
    attributes: {
      enabled: true
      exportable: false
    }
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
