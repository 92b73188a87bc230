metadata description = 'Skep: a certificate authority for Microsoft Intune on Azure Functions (Flex Consumption) and Azure Key Vault.'

targetScope = 'resourceGroup'

import { ownSettings } from 'settings.bicep'

@description('Begins the name of every resource; the rest makes it unique. Small letters and digits.')
@minLength(2)
@maxLength(7)
param name string = 'skep'

@description('Region. It must offer Flex Consumption: az functionapp list-flexconsumption-locations.')
param location string = resourceGroup().location

@description('Tags for every resource.')
param tags object = {}

// ---- The CA

@description('Kind of the CA key. It is made once: a later change has no effect on a key that is there.')
@allowed([
  'RSA-2048'
  'RSA-3072'
  'RSA-4096'
  'EC-P256'
  'EC-P384'
])
param caKeyType string = 'RSA-3072'

@description('Whether the CA key is made in a hardware security module (a premium vault). False saves some dollars a month and is for tests.')
param hsm bool = true

@description('Name of the CA key. Another name makes another key: see the page on rollover.')
param caKeyName string = 'skep-ca'

@description('ra: an RA certificate opens requests, as NDES has it. ca: the CA key does that too (RSA only; the key may then decrypt as well). Choose before the first deployment.')
@allowed([
  'ra'
  'ca'
])
param scepMode string = 'ra'

@description('Where the private key of the RA certificate works: in the process, or in the vault, which costs two vault operations more for each certificate.')
@allowed([
  'process'
  'vault'
])
param raKey string = 'process'

@description('Tenant of Intune.')
param tenantId string = tenant().tenantId

@description('Where devices reach the CA over plain HTTP, http://ca.contoso.com, when that is not the name that Azure gives. It stands in every certificate.')
param publicUrl string = ''

@description('Further settings of the app.')
param settings ownSettings = {}

// ---- The app

@description('Address of the package of a release (skep-<version>.zip). Compare its SHA-256 with the published one before: Azure does not. Empty: the code comes by azd or func.')
param packageUri string = ''

@description('Version of Node.js.')
@allowed([
  '22'
  '24'
])
param nodeVersion string = '22'

@description('Memory of one instance in MB. 512 is enough for a CA; more memory brings more CPU.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Most instances at once. Azure wants at least 40.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that are always there. 0: the first device after a pause waits a second or two longer.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

// ---- The surroundings

@description('How often the data of the CA is copied: three times in one place, across zones, or to another region as well.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param dataReplication string = empty(secondLocation) ? 'Standard_ZRS' : 'Standard_GRS'

@description('Who sets the CA up with the skep command: may sign with the CA key and store the CA certificate. Empty: nobody.')
param operatorId string = deployer().objectId

@description('Where alerts go. Empty: they show in the portal only.')
param alertEmail string = ''

@description('How long logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Whether vault and storage are reached over private endpoints only. Devices reach the app as before.')
param privateNetwork bool = false

@description('With a private network: addresses (IPv4 or CIDR) that may reach vault and storage from outside, to set the CA up.')
param allowedAddresses string[] = []

@description('A second region for the app, with Front Door before both. What it helps against and what not: docs/deploy.md. Not together with privateNetwork.')
param secondLocation string = ''

var token = uniqueString(resourceGroup().id)
var twoRegions = !empty(secondLocation)
var dataAccountName = '${name}data${token}'
var hostAccountName = '${name}host${token}'
var secondHostAccountName = '${name}hos2${token}'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-${token}'
  location: location
  tags: tags
}

module observability 'modules/observability.bicep' = {
  params: {
    name: '${name}-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    name: '${name}-${token}'
    location: location
    tags: tags
    hsm: hsm
    caKeyName: caKeyName
    caKeyType: caKeyType
    scepMode: scepMode
    privateNetwork: privateNetwork
    allowedAddresses: allowedAddresses
    workspaceId: observability.outputs.workspaceId
  }
}

// What the CA remembers. Apart from the account of the Functions host, whose role on its account is broad.
module data 'modules/storage.bicep' = {
  params: {
    name: dataAccountName
    location: location
    tags: tags
    replication: dataReplication
    keepDeletedDays: 30
    containerNames: []
    privateNetwork: privateNetwork
    allowedAddresses: allowedAddresses
  }
}

// Package, timers and locks of the Functions host.
module host 'modules/storage.bicep' = {
  params: {
    name: hostAccountName
    location: location
    tags: tags
    replication: 'Standard_LRS'
    keepDeletedDays: 0
    containerNames: ['packages']
    privateNetwork: privateNetwork
    allowedAddresses: allowedAddresses
  }
}

module secondHost 'modules/storage.bicep' = if (twoRegions) {
  params: {
    name: secondHostAccountName
    location: secondLocation
    tags: tags
    replication: 'Standard_LRS'
    keepDeletedDays: 0
    containerNames: ['packages']
    privateNetwork: false
    allowedAddresses: []
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  params: {
    name: '${name}-${token}'
    location: location
    tags: tags
    vaultId: vault.outputs.id
    dataAccountId: data.outputs.id
    hostAccountId: host.outputs.id
  }
}

var secondHostName = twoRegions ? secondHost!.outputs.name : ''

module roles 'modules/roles.bicep' = {
  params: {
    principalId: identity.properties.principalId
    operatorId: operatorId
    vaultName: vault.outputs.name
    caKeyName: caKeyName
    scepMode: scepMode
    raKey: raKey
    dataAccountName: data.outputs.name
    hostAccountNames: twoRegions ? [host.outputs.name, secondHostName] : [host.outputs.name]
    componentName: observability.outputs.componentName
  }
}

module frontDoor 'modules/front-door.bicep' = if (twoRegions) {
  params: {
    name: '${name}-${token}'
    tags: tags
    privateNetwork: privateNetwork
  }
}

var frontDoorName = twoRegions ? frontDoor!.outputs.hostName : ''
var devicesUrl = !empty(publicUrl) ? publicUrl : twoRegions ? 'http://${frontDoorName}' : ''

// The settings that the code has no default for, or another one. Both regions have the same.
var skepSettings = {
  SKEP_PUBLIC_URL: devicesUrl
  SKEP_HTTPS_ONLY: 'true'
  SKEP_KEYS: 'vault'
  SKEP_VAULT_URL: vault.outputs.uri
  SKEP_CA_KEY: caKeyName
  SKEP_RA_CERTIFICATE: 'skep-ra'
  SKEP_RA_KEY: raKey
  SKEP_SCEP_MODE: scepMode
  SKEP_TABLES_URL: data.outputs.tablesUrl
  SKEP_BLOBS_URL: data.outputs.blobsUrl
  SKEP_TENANT_ID: tenantId
  AZURE_CLIENT_ID: identity.properties.clientId
}

module app 'modules/app.bicep' = {
  // Without its roles the first start would fail, and what it asks for would be refused for minutes.
  dependsOn: [roles]
  params: {
    name: '${name}-${token}'
    location: location
    // azd finds the app by this tag.
    tags: union(tags, { 'azd-service-name': 'app' })
    identityName: identity.name
    hostAccountName: host.outputs.name
    packagesUrl: '${host.outputs.blobsUrl}packages'
    componentConnection: observability.outputs.connectionString
    settings: union(skepSettings, settings)
    packageUri: packageUri
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
  }
}

module secondApp 'modules/app.bicep' = if (twoRegions) {
  dependsOn: [roles]
  params: {
    name: '${name}-${token}-2'
    location: secondLocation
    tags: tags
    identityName: identity.name
    hostAccountName: secondHost!.outputs.name
    packagesUrl: '${secondHost!.outputs.blobsUrl}packages'
    componentConnection: observability.outputs.connectionString
    settings: union(skepSettings, settings)
    packageUri: packageUri
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    subnetId: ''
  }
}

var secondAppHost = twoRegions ? secondApp!.outputs.hostName : ''

module frontDoorRoutes 'modules/front-door-routes.bicep' = if (twoRegions) {
  params: {
    profileName: frontDoor!.outputs.profileName
    endpointName: frontDoor!.outputs.endpointName
    hostNames: [app.outputs.hostName, secondAppHost]
  }
}

var httpsUrl = 'https://${twoRegions ? frontDoorName : app.outputs.hostName}'

module alerts 'modules/alerts.bicep' = {
  params: {
    name: '${name}-${token}'
    location: location
    tags: tags
    email: alertEmail
    url: httpsUrl
    workspaceId: observability.outputs.workspaceId
    componentId: observability.outputs.componentId
    vaultId: vault.outputs.id
  }
}

@description('Opens in a browser: what works, and what to do next.')
output statusUrl string = '${httpsUrl}/'

@description('For the SCEP profiles in Intune.')
output scepUrl string = '${httpsUrl}/certsrv/mscep/mscep.dll'

@description('The managed identity that needs app roles of Intune and Graph.')
output identityPrincipalId string = identity.properties.principalId

output identityClientId string = identity.properties.clientId
output appName string = app.outputs.name
output vaultUrl string = vault.outputs.uri
output caKeyName string = caKeyName
output blobsUrl string = data.outputs.blobsUrl

@description('For skep setup, beside the others: where the CA certificate goes, and how it is used.')
output tablesUrl string = data.outputs.tablesUrl
output scepMode string = scepMode
output intuneTenantId string = tenantId
