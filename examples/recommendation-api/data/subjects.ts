/** What a category is narrowed to: its name in titles, and the words that stand for it in a sentence. */
export interface Subject {
  readonly name: string;
  readonly words: string;
}

/** The axes that categories are crossed with, each by the taxonomy that names it. */
export const SUBJECTS = {
  industry: [
    ['Banking', 'banks and credit unions'],
    ['Insurance', 'insurers and brokers'],
    ['Asset Management', 'funds, advisers and wealth managers'],
    ['Healthcare', 'hospitals, clinics and care providers'],
    ['Pharmaceuticals', 'makers of medicines and vaccines'],
    ['Biotechnology', 'biotechnology and life science companies'],
    ['Retail', 'shops and supermarket chains'],
    ['Consumer Goods', 'makers of household and personal goods'],
    ['Food and Beverage', 'producers of food and drinks'],
    ['Restaurants', 'restaurants, caterers and delivery kitchens'],
    ['Hotels', 'hotels and resorts'],
    ['Airlines', 'airlines and airports'],
    ['Tourism', 'tour operators and travel agencies'],
    ['Higher Education', 'universities and colleges'],
    ['Schools', 'primary and secondary schools'],
    ['Energy', 'producers of electricity, oil and gas'],
    ['Water and Waste', 'water utilities and recyclers'],
    ['Manufacturing', 'factories and machine builders'],
    ['Automotive', 'car makers, suppliers and dealers'],
    ['Aerospace and Defence', 'aircraft, space and defence contractors'],
    ['Construction', 'builders, architects and civil engineers'],
    ['Real Estate', 'landlords, agents and property managers'],
    ['Telecommunications', 'mobile and broadband operators'],
    ['Publishing', 'newspapers, magazines and book publishers'],
    ['Entertainment', 'film, music and games companies'],
    ['Logistics', 'carriers, warehouses and postal services'],
    ['Agriculture', 'farms, growers and cooperatives'],
    ['Legal Services', 'law firms and legal departments'],
    ['Non-Profit Organizations', 'charities and foundations'],
    ['Government', 'ministries, agencies and city councils'],
  ],
  technology: [
    ['Artificial Intelligence', 'machine learning and language models'],
    ['Cloud Infrastructure', 'servers, storage and networks for rent'],
    ['Cybersecurity', 'defence against intrusion, fraud and malware'],
    ['Identity Management', 'sign-in, access rights and digital identity'],
    ['Data Warehousing', 'the storage and querying of large data sets'],
    ['Business Intelligence', 'dashboards, reports and forecasts'],
    ['Customer Relationship Management', 'contacts, pipelines and customer records'],
    ['Enterprise Resource Planning', 'orders, stock and company resources'],
    ['Payments', 'card, wallet and bank transfers'],
    ['Accounting Software', 'bookkeeping, invoices and tax returns'],
    ['Human Resources Software', 'hiring, payroll and staff records'],
    ['Learning Platforms', 'online courses and classrooms'],
    ['Collaboration', 'chat, documents and shared work'],
    ['Video Conferencing', 'calls, meetings and webinars'],
    ['Electronic Commerce', 'online shops and marketplaces'],
    ['Marketing Automation', 'mailings, audiences and advertising'],
    ['Contact Center Software', 'telephone queues, chatbots and tickets'],
    ['Internet of Things', 'connected sensors and smart devices'],
    ['Robotics', 'robots, drones and autonomous vehicles'],
    ['Medical Devices', 'diagnosis, monitoring and treatment equipment'],
    ['Energy Management', 'meters, batteries and smart grids'],
    ['Mapping', 'maps, satellites and location data'],
    ['Developer Tools', 'programming, testing and deployment'],
    ['Supply Chain Software', 'procurement, shipping and tracking'],
  ],
  region: [
    ['North America', 'the United States, Canada or Mexico'],
    ['Latin America', 'Central or South America or the Caribbean'],
    ['Western Europe', 'western or northern Europe'],
    ['Central and Eastern Europe', 'central or eastern Europe'],
    ['Middle East and North Africa', 'the Gulf, the Levant or the Maghreb'],
    ['Sub-Saharan Africa', 'Africa south of the Sahara'],
    ['East Asia', 'China, Japan, Korea or Taiwan'],
    ['South Asia and Oceania', 'India, southeast Asia, Australia or the Pacific'],
  ],
  size: [
    ['Startups', 'a company younger than three years'],
    ['Small Companies', 'a company of up to 100 people'],
    ['Medium Companies', 'a company of 101 to 2,500 people'],
    ['Large Companies', 'a company of more than 2,500 people'],
  ],
} as const satisfies { readonly [axis: string]: readonly (readonly [string, string])[] };

export type Axis = keyof typeof SUBJECTS;

export function subjectsOf(axis: Axis): Subject[] {
  return SUBJECTS[axis].map(([name, words]) => ({ name, words }));
}
