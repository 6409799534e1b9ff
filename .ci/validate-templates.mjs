// AWS's offline validator of CloudFormation templates over the files that are given: one line for each thing that it minds. Run with Node.js from
// the folder that has the package: .cache/aws/node.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const { RegoEngine, TemplateFile } = createRequire(resolve("package.json"))("@aws/cloudformation-validate");
// W2509 takes the ARN of a secret for the secret. W1001 does not see that the reference stands in an Fn::If on the same condition.
const wrong = new Set(["W2509", "W1001"]);
const engine = new RegoEngine();
let minded = 0;
for (const file of process.argv.slice(2)) {
  for (const d of engine.validateStandard(new TemplateFile(file)).diagnostics) {
    if (d.severity === "INFO" || wrong.has(d.ruleId)) continue;
    minded++;
    console.log(`${file}: ${d.severity} ${d.ruleId}: ${d.message}`);
  }
}
engine.free();
process.exit(minded > 0 ? 1 : 0);
