/** What somebody may ask, and the beginning of the ids that answer it. */
export const QUESTIONS: readonly (readonly [text: string, wanted: string])[] = [
  ['our call center answers hospital patients within a minute', 'contact-center-of-the-year-healthcare'],
  ['we turned complaints about hotel rooms into happy guests', 'complaint-resolution-of-the-year-hotels'],
  ['loyalty points for supermarket customers', 'loyalty-program-of-the-year-retail'],
  ['a support team for airline passengers', 'customer-service-team-of-the-year-airlines'],
  ['best place to work in a bank', 'employer-of-the-year-banking'],
  ['we made our factory safer, with fewer accidents', 'workplace-safety-achievement-of-the-year-manufacturing'],
  ['apprenticeships and courses for builders', 'training-program-of-the-year-construction'],
  ['diverse and fair workforce at our university', 'inclusion-initiative-of-the-year-higher-education'],
  ['an advertising campaign for a new car', 'marketing-campaign-of-the-year-automotive'],
  ['influencers and posts for our restaurant chain', 'social-media-campaign-of-the-year-restaurants'],
  ['press work during a crisis at a pharmaceutical company', 'public-relations-campaign-of-the-year-pharmaceuticals'],
  ['a phone app for a mobile operator', 'mobile-app-of-the-year-telecommunications'],
  ['replacing paper files in a ministry', 'digital-transformation-of-the-year-government'],
  ['our insurer learned from its claims data', 'data-project-of-the-year-insurance'],
  ['a new product against fraud and malware', 'new-product-of-the-year-cybersecurity'],
  ['free software for programming and testing', 'open-source-project-of-the-year-developer-tools'],
  ['chief technology officer for machine learning', 'technology-executive-of-the-year-artificial-intelligence'],
  ['an accessible interface for online courses', 'product-design-of-the-year-learning-platforms'],
  ['an invention for drones and robots', 'technical-innovation-of-the-year-robotics'],
  ['we cut the carbon emissions of our trucks and warehouses', 'climate-action-of-the-year-logistics'],
  ['recycling and reuse of building materials', 'circular-economy-initiative-of-the-year-construction'],
  ['fair wages at the farms that supply our food', 'responsible-supply-chain-of-the-year-food-and-beverage'],
  ['a woman in the management of an oil company', 'woman-executive-of-the-year-energy'],
  ['a young manager at a law firm', 'young-leader-of-the-year-legal-services'],
  ['a woman who founded a startup', 'female-founder-of-the-year-startups'],
  ['fast growing company in Brazil', 'fastest-growing-company-of-the-year-latin-america'],
  ['a family business in Germany, in the third generation', 'family-business-of-the-year-western-europe'],
  ['we sell abroad from Japan', 'exporter-of-the-year-east-asia'],
  ['volunteering by the staff of a large corporation', 'volunteering-program-of-the-year-large-companies'],
  ['a podcast with interviews', 'interview-podcast-of-the-year'],
  ['a film about our company', 'corporate-film-of-the-year'],
  ['website for blind people', 'accessible-website-of-the-year'],
  ['our report to the shareholders', 'annual-report-of-the-year'],
  ['a charity run that raised donations', 'charity-event-of-the-year'],
  ['a booth at a fair', 'trade-fair-stand-of-the-year'],
  ['an online congress', 'virtual-event-of-the-year'],
];

export interface Relevance {
  /** The share of questions whose answer is among the first ten. */
  readonly inTen: number;
  /** The mean of one over the place of the answer. */
  readonly meanReciprocalRank: number;
}

/** How well a way of searching answers the questions. */
export async function relevanceOf(search: (text: string) => Promise<readonly { readonly id: string }[]>): Promise<Relevance> {
  const places: number[] = [];
  for (const [text, wanted] of QUESTIONS) places.push((await search(text)).findIndex(({ id }) => id === wanted) + 1);
  const rounded = (value: number) => Math.round((value / QUESTIONS.length) * 1_000) / 1_000;
  return {
    inTen: rounded(places.filter((place) => place > 0 && place <= 10).length),
    meanReciprocalRank: rounded(places.reduce((sum, place) => sum + (place === 0 ? 0 : 1 / place), 0)),
  };
}
