metadata description = 'A storage account that knows no keys: Entra tokens only, TLS 1.2, nothing public.'

param name string
param location string
param tags object

@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param replication string

@description('How long deleted blobs can be had back. 0: not at all.')
param keepDeletedDays int

param containerNames string[]
param privateNetwork bool
param allowedAddresses string[]

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: replication }
  properties: {
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetwork && empty(allowedAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
      ipRules: [for address in allowedAddresses: { value: address }]
      virtualNetworkRules: []
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: keepDeletedDays > 0 ? { enabled: true, days: keepDeletedDays } : { enabled: false }
    containerDeleteRetentionPolicy: keepDeletedDays > 0 ? { enabled: true, days: keepDeletedDays } : { enabled: false }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = [
  for containerName in containerNames: {
    parent: blobs
    name: containerName
    properties: { publicAccess: 'None' }
  }
]

output id string = account.id
output name string = account.name
output blobsUrl string = account.properties.primaryEndpoints.blob
output tablesUrl string = account.properties.primaryEndpoints.table
