/** @module Microsoft's own declarations of Graph's types, read as data: what has which members, and which values they take. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ts from 'typescript';

export interface DeclaredMember {
  /** Of the type, without NullableOption and the brackets of a list. */
  readonly type: string;
  readonly isList: boolean;
}

export interface GraphDeclarations {
  /** With inherited ones, by name. @throws {Error} for a type that Graph does not have. */
  membersOf(type: string): ReadonlyMap<string, DeclaredMember>;
  /** The values of an enumeration; undefined when it is none. */
  valuesOf(type: string): readonly string[] | undefined;
  /** Whether one is the other, or derived from it. */
  isA(type: string, base: string): boolean;
}

/** Of Graph's beta, where certificate profiles are. */
export function readGraphDeclarations(): GraphDeclarations {
  const file = createRequire(import.meta.url).resolve(
    '@microsoft/microsoft-graph-types-beta/microsoft-graph.d.ts',
  );
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022);
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  const aliases = new Map<string, ts.TypeNode>();
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text.toLowerCase(), statement);
    if (ts.isTypeAliasDeclaration(statement)) aliases.set(statement.name.text, statement.type);
  }
  const find = (type: string): ts.InterfaceDeclaration => {
    const found = interfaces.get(type.toLowerCase());
    if (!found) throw new Error(`Graph has no type ${type}`);
    return found;
  };
  const baseOf = (declaration: ts.InterfaceDeclaration) =>
    declaration.heritageClauses?.[0]?.types[0]?.expression.getText(source);

  function membersOf(type: string): Map<string, DeclaredMember> {
    const declaration = find(type);
    const base = baseOf(declaration);
    const members = base === undefined ? new Map<string, DeclaredMember>() : membersOf(base);
    for (const member of declaration.members) {
      if (!ts.isPropertySignature(member) || !member.type) continue;
      const text = member.type.getText(source).replace(/^NullableOption<(.*)>$/s, '$1');
      const isList = text.endsWith('[]');
      members.set(member.name.getText(source), { type: text.replace(/\[\]$/, ''), isList });
    }
    return members;
  }

  return {
    membersOf,
    valuesOf(type) {
      const alias = aliases.get(type);
      const options = alias && (ts.isUnionTypeNode(alias) ? alias.types : [alias]);
      return options?.map((option) => option.getText(source).replaceAll('"', ''));
    },
    isA(type, base) {
      for (let name: string | undefined = type; name !== undefined; name = baseOf(find(name))) {
        if (name.toLowerCase() === base.toLowerCase()) return true;
      }
      return false;
    },
  };
}
