metadata description = 'The function app in one region: plan, app, settings and, when given, the code.'

param name string
param location string
param tags object
param identityName string
param hostAccountName string
@description('Container of the package.')
param packagesUrl string
param componentConnection string
@description('Settings of the code, by name.')
param settings object
param packageUri string
param nodeVersion string
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyInstances int
@description('Empty: no virtual network.')
param subnetId string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    // OCSP, CRLs and CA certificates are fetched over plain HTTP: a device that checks a certificate cannot begin with
    // checking another one. Everything else is refused there by the app itself (SKEP_HTTPS_ONLY).
    httpsOnly: false
    // Windows and Apple clients give up when they are asked for a certificate that they came to get.
    clientCertEnabled: false
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    publicNetworkAccess: 'Enabled'
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      // SCEP clients speak HTTP/1.1, some of them badly enough without a choice.
      http20Enabled: false
    }
    functionAppConfig: {
      runtime: {
        name: 'node'
        version: nodeVersion
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances > 0 ? [{ name: 'http', instanceCount: alwaysReadyInstances }] : []
      }
    }
  }
}

// What the Functions host reads. No secret among them: the identity opens what they name.
var hostSettings = {
  AzureWebJobsStorage__accountName: hostAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
  AzureWebJobsDisableHomepage: 'true'
  APPLICATIONINSIGHTS_CONNECTION_STRING: componentConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  // The host turns away what the app would turn away, before it has read it.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: settings.?SKEP_MAX_BODY_BYTES ?? '262144'
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(hostSettings, settings)
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

// Azure fetches the package when this is deployed, and only then: an update is another deployment, not a restart.
resource code 'Microsoft.Web/sites/extensions@2024-11-01' = if (!empty(packageUri)) {
  parent: app
  name: 'onedeploy'
  dependsOn: [appSettings]
  #disable-next-line BCP187 // The type data has no properties for this name; the service takes them.
  properties: {
    packageUri: packageUri
    remoteBuild: false
  }
}

output name string = app.name
output hostName string = app.properties.defaultHostName
