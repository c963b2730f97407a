// Wraps every bill of a file of JSON lines with OpenAttestation's wrapDocuments (schema v2) and
// prints one JSON object: documents, seconds, and the root that all of them carry.
//   node wrap.mjs bills.jsonl

import { readFileSync } from "node:fs";
import openAttestation from "@govtechsg/open-attestation";

const { wrapDocuments, verifySignature } = openAttestation;

const issuers = [
  {
    name: "示例医院",
    documentStore: "0x8bA63EAB43342AAc3AdBB4B827b68Cf4aAE5Caca",
    identityProof: { type: "DNS-TXT", location: "example.com" },
  },
];

const bills = readFileSync(process.argv[2], "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => ({ issuers, bill: JSON.parse(line) }));

const started = process.hrtime.bigint();
const wrapped = wrapDocuments(bills);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;

const root = wrapped[0].signature.merkleRoot;
const first = wrapped[0], last = wrapped[wrapped.length - 1];
if (last.signature.merkleRoot !== root || !verifySignature(first) || !verifySignature(last)) {
  throw new Error("the wrapped documents do not verify");
}
console.log(JSON.stringify({ documents: wrapped.length, seconds, root }));
