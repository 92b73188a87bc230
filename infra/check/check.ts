/** @module Checks the templates of this folder without Azure and without its compiler. Start reading here. */
import type { Fault } from './fault.js';
import { findImportFaults, findModuleFaults, findParameterFileFaults } from './modules.js';
import { findNameFaults } from './names.js';
import { findPolicyFaults } from './policy.js';
import { findRoleFaults } from './policy-roles.js';
import { findReferenceFaults } from './references.js';
import { findSettingFaults } from './settings.js';
import { applySuppressions } from './suppressions.js';
import { findSyntaxFaults, type Parse } from './syntax.js';
import { readTemplate, type Template } from './template.js';
import { findTypeFaults } from './type-check.js';
import type { ResourceSchemas } from './types/schema.js';

/**
 * Not checked, since it takes the compiler or Azure: the types of computed expressions, the arguments of functions, where
 * values must be known before the deployment starts, and the rules of the services themselves.
 * @param files text of each .bicep and .bicepparam file by its path within infra/.
 * @returns no faults, or only those of the syntax when there are any.
 */
export function checkTemplates(
  files: ReadonlyMap<string, string>,
  schemas: ResourceSchemas,
  parse: Parse,
): Fault[] {
  const templateFiles = [...files].filter(([file]) => file.endsWith('.bicep'));
  const syntax = templateFiles.flatMap(([file, text]) => findSyntaxFaults(file, parse(text)));
  if (syntax.length > 0) return syntax;

  const templates = new Map(templateFiles.map(([file, text]) => [file, readTemplate(file, text, parse)]));
  const all = [...templates.values()];
  return [
    ...all.flatMap((template) =>
      applySuppressions(template, [
        ...findNameFaults(template),
        ...findTypeFaults(template, schemas),
        ...findReferenceFaults(template, schemas),
        ...findImportFaults(template, templates),
        ...findModuleFaults(template, templates),
      ]),
    ),
    ...[...files]
      .filter(([file]) => file.endsWith('.bicepparam'))
      .flatMap(([file, text]) => checkParameterFile(file, text, templates)),
    ...findPolicyFaults(all),
    ...findRoleFaults(all),
    ...findSettingFaults(templates),
  ];
}

/** The grammar does not read these files; they have two kinds of lines. */
function checkParameterFile(file: string, text: string, templates: ReadonlyMap<string, Template>): Fault[] {
  const lines = text.split('\n');
  const target = templates.get(/^using '([^']+)'$/m.exec(text)?.[1] ?? '');
  if (!target) return [{ code: 'module', file, line: 1, message: 'using names no template of this folder' }];
  const faults = lines.flatMap((line, index): Fault[] =>
    /^(\/\/.*|using '[^']+'|param \w+ = \S.*)?$/.test(line)
      ? []
      : [{ code: 'syntax', file, line: index + 1, message: `cannot read "${line}"` }],
  );
  const names = lines.flatMap((line, index) => {
    const name = /^param (\w+) =/.exec(line)?.[1];
    return name ? [{ name, line: index + 1 }] : [];
  });
  return [...faults, ...findParameterFileFaults(file, names, target)];
}
