// Two questions of a program that uses models: which are the cheapest that can do this, and is there one called that?
import { ModelSortField } from "@modeldex/stubs/modeldex/v1/discovery_service_pb";
import { ErrorReason } from "@modeldex/stubs/modeldex/v1/error_reason_pb";
import type { Model } from "@modeldex/stubs/modeldex/v1/model_pb";
import { pages, problemOf, type Modeldex } from "./modeldex.js";

/** The cheapest models that have all these capabilities, for example `["vision", "function_calling"]`. */
export async function cheapest(modeldex: Modeldex, capabilities: string[], count: number): Promise<Model[]> {
  const models: Model[] = [];
  const request = {
    // Without a ceiling, models of unknown price would come last instead of not at all.
    filter: { capabilitiesTrue: capabilities, priceCeilings: [{ meter: "input", maxAmount: "1000" }] },
    sortField: ModelSortField.INPUT_PRICE,
    pageSize: count,
  };
  for await (const page of pages(modeldex, request)) {
    models.push(...page.models);
    if (models.length >= count) break;
  }
  return models.slice(0, count);
}

/** A model, or undefined where the catalogue has none. Every other error goes to the caller. */
export async function find(modeldex: Modeldex, id: string): Promise<Model | undefined> {
  try {
    return (await modeldex.discovery.getModel({ id })).model;
  } catch (error) {
    if (problemOf(error).reason === ErrorReason.MODEL_NOT_FOUND) return undefined;
    throw error;
  }
}
