/** @module The form of the type data: what a resource of a type and API version may, must and cannot set. */

export interface PropertySchema {
  /**
   * `string`, `int`, `bool`, `any`, `#TypeName`, `'literal'`, or several of these with ` | ` between; `[]` at the end
   * makes an array of it. Absent for what is read-only.
   */
  readonly type?: string;
  readonly required?: true;
  readonly readOnly?: true;
}

export interface ObjectSchema {
  readonly properties: Readonly<Record<string, PropertySchema>>;
  /** Type of properties with names of their own; absent: there are none. */
  readonly others?: string;
}

/** The literal value of one property says which variant an object is. */
export interface VariantSchema {
  readonly discriminator: string;
  readonly variants: readonly ObjectSchema[];
}

export type Schema = ObjectSchema | VariantSchema;

export interface ResourceSchema {
  readonly body: Schema;
  /** What `#TypeName` means. */
  readonly types: Readonly<Record<string, Schema>>;
}

/** By type and API version: `Microsoft.KeyVault/vaults@2024-11-01`. */
export type ResourceSchemas = Readonly<Record<string, ResourceSchema>>;
