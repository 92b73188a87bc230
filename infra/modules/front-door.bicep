metadata description = 'One name for both regions. It is made before the apps, since it stands in their certificates.'

param name string
param tags object

@description('A private network covers one region: choose one of the two.')
@allowed([false])
#disable-next-line no-unused-params // It is here to be refused.
param privateNetwork bool

resource profile 'Microsoft.Cdn/profiles@2025-06-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: 'Standard_AzureFrontDoor' }
  properties: { originResponseTimeoutSeconds: 60 }
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2025-06-01' = {
  parent: profile
  name: name
  location: 'global'
  tags: tags
  properties: { enabledState: 'Enabled' }
}

output profileName string = profile.name
output endpointName string = endpoint.name
output hostName string = endpoint.properties.hostName
