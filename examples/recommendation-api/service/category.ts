/** An award category, as the committed data file has it. */
export interface Category {
  /** A slug: lower-case letters, digits and hyphens. */
  readonly id: string;
  readonly name: string;
  readonly group: string;
  /** One sentence that says what the award is for. */
  readonly description: string;
  readonly metadata: { readonly url: string; readonly program: string };
  /** What the category is about, as tags. */
  readonly taxonomies: readonly string[];
}
