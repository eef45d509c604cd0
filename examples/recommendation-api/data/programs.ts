import type { Axis } from './subjects';

/** A group of award categories: each has a name and a sentence, in which `{}` stands for the words of a subject. */
export interface Group {
  readonly name: string;
  /** What each category of the group is crossed with; none where it stands alone. */
  readonly axis?: Axis;
  /** What the group is about, as tags. */
  readonly taxonomies: readonly string[];
  readonly categories: readonly (readonly [name: string, sentence: string])[];
}

export interface Program {
  readonly name: string;
  readonly groups: readonly Group[];
}

export const PROGRAMS: readonly Program[] = [
  {
    name: 'Customer and Sales Awards',
    groups: [
      {
        name: 'Customer Service',
        axis: 'industry',
        taxonomies: ['customers', 'service'],
        categories: [
          ['Customer Service Team of the Year', 'For the support team that solved the most for the customers of {}, kindly and fast.'],
          [
            'Customer Service Leader of the Year',
            'For the manager who raised how customers of {} are looked after and how satisfied they are.',
          ],
          ['Contact Center of the Year', 'For the call center that answers the calls, chats and mails of {} soonest and best.'],
          ['Complaint Resolution of the Year', 'For the way in which {} turn complaints and refunds into trust won back.'],
          ['Self-Service Experience of the Year', 'For the help pages, chatbots and kiosks with which customers of {} help themselves.'],
          ['Loyalty Program of the Year', 'For the rewards, points and memberships that bring customers back to {}.'],
        ],
      },
      {
        name: 'Sales',
        axis: 'industry',
        taxonomies: ['sales', 'revenue'],
        categories: [
          ['Sales Team of the Year', 'For the sellers who won the most new business for {} against their target.'],
          ['Sales Leader of the Year', 'For the head of sales under whom the sellers of {} grew in skill and in numbers.'],
          ['Account Management of the Year', 'For the account managers who keep and extend the largest contracts of {}.'],
          ['Sales Growth of the Year', 'For the steepest rise of revenue over two years among {}.'],
          ['Partner Program of the Year', 'For the resellers and alliances through which {} reach new markets.'],
        ],
      },
    ],
  },
  {
    name: 'Workplace Awards',
    groups: [
      {
        name: 'People',
        axis: 'industry',
        taxonomies: ['employees', 'culture'],
        categories: [
          ['Employer of the Year', 'For the best place to work among {}, as its own employees tell it.'],
          ['Human Resources Team of the Year', 'For the personnel department that hires, pays and keeps the people of {} best.'],
          ['Training Program of the Year', 'For courses, coaching and apprenticeships by which employees of {} learn their trade.'],
          [
            'Inclusion Initiative of the Year',
            'For making the workforce of {} diverse and fair whatever the gender, origin or disability.',
          ],
          ['Workplace Safety Achievement of the Year', 'For fewer accidents and a healthier working day among {}.'],
        ],
      },
    ],
  },
  {
    name: 'Marketing Awards',
    groups: [
      {
        name: 'Marketing',
        axis: 'industry',
        taxonomies: ['marketing', 'communication'],
        categories: [
          ['Marketing Campaign of the Year', 'For the advertising campaign that moved the most buyers towards {}.'],
          ['Brand of the Year', 'For the name, look and reputation that stand out among {}.'],
          ['Content Marketing of the Year', 'For articles, guides and stories by {} that readers come back for.'],
          ['Social Media Campaign of the Year', 'For posts, influencers and followers that made {} talked about.'],
          ['Public Relations Campaign of the Year', 'For press work and crisis communication on behalf of {}.'],
          ['Product Launch of the Year', 'For the market entry that made a new offer of {} known from nothing.'],
        ],
      },
    ],
  },
  {
    name: 'Technology Awards',
    groups: [
      {
        name: 'Digital Transformation',
        axis: 'industry',
        taxonomies: ['technology', 'innovation'],
        categories: [
          ['Digital Transformation of the Year', 'For replacing paper and old systems at {} by digital ones.'],
          ['Data Project of the Year', 'For what {} learned from their data and did about it.'],
          ['Process Automation of the Year', 'For routine work at {} that software and robots now do.'],
          ['Mobile App of the Year', 'For the phone app with which people use the services of {}.'],
        ],
      },
      {
        name: 'Product',
        axis: 'technology',
        taxonomies: ['technology', 'product'],
        categories: [
          ['New Product of the Year', 'For the best product for {} that came to market in the last two years.'],
          ['Product Upgrade of the Year', 'For the new version that improved an existing product for {} most.'],
          ['Technical Innovation of the Year', 'For an invention or patent that changes what is possible in {}.'],
          ['Product Design of the Year', 'For the interface that makes {} easy to use and accessible to all.'],
          ['Value for Money of the Year', 'For the product for {} that gives its buyers the most for the price.'],
        ],
      },
      {
        name: 'Engineering',
        axis: 'technology',
        taxonomies: ['technology', 'teams'],
        categories: [
          ['Engineering Team of the Year', 'For the developers who build and run {} with the fewest failures.'],
          ['Technology Executive of the Year', 'For the chief technology or information officer who set the course in {}.'],
          ['Open Source Project of the Year', 'For free software for {} and the community that maintains it.'],
        ],
      },
    ],
  },
  {
    name: 'Sustainability Awards',
    groups: [
      {
        name: 'Sustainability',
        axis: 'industry',
        taxonomies: ['environment', 'responsibility'],
        categories: [
          ['Climate Action of the Year', 'For the deepest cut of carbon emissions among {}.'],
          ['Circular Economy Initiative of the Year', 'For repair, reuse and recycling that spare {} raw materials and waste.'],
          ['Responsible Supply Chain of the Year', 'For fair wages and clean sourcing at all who supply {}.'],
          ['Biodiversity Initiative of the Year', 'For forests, rivers and wildlife that {} protect or restore.'],
        ],
      },
    ],
  },
  {
    name: 'Leadership Awards',
    groups: [
      {
        name: 'Leadership',
        axis: 'industry',
        taxonomies: ['leadership', 'individuals'],
        categories: [
          ['Chief Executive of the Year', 'For the chief executive whose decisions carried one of the {} furthest.'],
          ['Woman Executive of the Year', 'For the woman in the management of {} who achieved the most.'],
          ['Young Leader of the Year', 'For the manager under 35 to whom {} look for their future.'],
          ['Thought Leader of the Year', 'For the speaker or author whose ideas other people at {} follow.'],
        ],
      },
      {
        name: 'Entrepreneurs',
        axis: 'size',
        taxonomies: ['leadership', 'founders'],
        categories: [
          ['Founder of the Year', 'For the person who began and still leads {} to success.'],
          ['Female Founder of the Year', 'For the woman who began and still leads {}.'],
          ['Mentor of the Year', 'For the experienced adviser who helps others to lead {}.'],
          ['Management Team of the Year', 'For the board and the executives who together run {} well.'],
        ],
      },
    ],
  },
  {
    name: 'Business Awards',
    groups: [
      {
        name: 'Company',
        axis: 'region',
        taxonomies: ['companies', 'growth'],
        categories: [
          ['Company of the Year', 'For the most admired organization with its seat in {}.'],
          ['Fastest Growing Company of the Year', 'For the company in {} that multiplied its turnover and staff.'],
          ['Startup of the Year', 'For the most promising young company founded in {}.'],
          ['Family Business of the Year', 'For a firm in {} that one family has owned for two generations or more.'],
          ['Exporter of the Year', 'For the company in {} that sells the most abroad.'],
          ['Innovator of the Year', 'For research and new ideas that made a company in {} different.'],
          ['Turnaround of the Year', 'For a company in {} that came back from heavy losses to profit.'],
          ['Acquisition of the Year', 'For the merger or takeover in {} that created the most value.'],
        ],
      },
      {
        name: 'Social Responsibility',
        axis: 'size',
        taxonomies: ['responsibility', 'community'],
        categories: [
          ['Community Program of the Year', 'For what {} does for its neighbours and its town.'],
          ['Volunteering Program of the Year', 'For the working hours that the staff of {} gives to good causes.'],
          ['Philanthropy of the Year', 'For the donations and grants by which {} helped most.'],
          ['Crisis Response of the Year', 'For help that {} gave after a flood, an epidemic or a war.'],
        ],
      },
    ],
  },
  {
    name: 'Media Awards',
    groups: [
      {
        name: 'Video',
        taxonomies: ['media', 'film'],
        categories: [
          ['Corporate Film of the Year', 'For a film of any length in which an organization tells who it is.'],
          ['Documentary of the Year', 'For a film that reports a true story with care for the facts.'],
          ['Animation of the Year', 'For drawn or computer-generated moving pictures that explain or delight.'],
          ['Training Video of the Year', 'For a video from which viewers learn to do something safely and well.'],
          ['Recruitment Video of the Year', 'For a video that made people apply for a job.'],
          ['Television Commercial of the Year', 'For a broadcast spot of at most two minutes.'],
          ['Webinar Series of the Year', 'For a run of live online talks with the most faithful audience.'],
          ['Livestream of the Year', 'For the direct transmission of one event to viewers anywhere.'],
        ],
      },
      {
        name: 'Audio',
        taxonomies: ['media', 'sound'],
        categories: [
          ['Business Podcast of the Year', 'For a podcast about companies, money and work.'],
          ['Interview Podcast of the Year', 'For conversations whose guests say what they say nowhere else.'],
          ['Investigative Podcast of the Year', 'For episodes that uncover what somebody wanted hidden.'],
          ['Radio Program of the Year', 'For a regular broadcast that listeners switch on for.'],
          ['Audiobook of the Year', 'For the reading aloud of a book, by one voice or many.'],
          ['Sound Design of the Year', 'For music and noises that make a production unmistakable.'],
        ],
      },
      {
        name: 'Websites',
        taxonomies: ['media', 'web'],
        categories: [
          ['Corporate Website of the Year', 'For the site on which an organization presents itself to everybody.'],
          ['Online Shop of the Year', 'For the web store in which buying is the least trouble.'],
          ['News Site of the Year', 'For a web site that keeps its readers informed by the hour.'],
          ['Accessible Website of the Year', 'For pages that blind, deaf and motor-impaired visitors use like all others.'],
          ['Landing Page of the Year', 'For the single page that turned the most visitors into customers.'],
          ['Intranet of the Year', 'For the internal site that employees open first every morning.'],
          ['Documentation Site of the Year', 'For manuals and references in which readers find the answer.'],
          ['Blog of the Year', 'For an online journal with a voice of its own.'],
        ],
      },
      {
        name: 'Publications',
        taxonomies: ['media', 'print'],
        categories: [
          ['Annual Report of the Year', 'For the report to shareholders that is honest and a pleasure to read.'],
          ['Sustainability Report of the Year', 'For figures on environment and society that bear an audit.'],
          ['Employee Magazine of the Year', 'For the house journal that the staff take home.'],
          ['Customer Magazine of the Year', 'For the periodical with which a company entertains its buyers.'],
          ['Business Book of the Year', 'For the book on management or economics that changed most minds.'],
          ['White Paper of the Year', 'For a technical paper that explains a hard matter plainly.'],
          ['Infographic of the Year', 'For one picture that says what a page of numbers could not.'],
          ['Newsletter of the Year', 'For the mailing that its subscribers do open.'],
        ],
      },
      {
        name: 'Events',
        taxonomies: ['media', 'live'],
        categories: [
          ['Conference of the Year', 'For the congress with the best program and encounters.'],
          ['Trade Fair Stand of the Year', 'For the exhibition booth that nobody walked past.'],
          ['Product Presentation of the Year', 'For the stage show at which something new was unveiled.'],
          ['Award Ceremony of the Year', 'For the gala evening at which others were honoured.'],
          ['Team Event of the Year', 'For the outing after which colleagues worked together better.'],
          ['Charity Event of the Year', 'For the evening, auction or run that raised the most for those in need.'],
          ['Virtual Event of the Year', 'For the gathering that took place entirely online.'],
          ['Sports Event of the Year', 'For the tournament, race or match with the happiest crowd.'],
          ['Cultural Festival of the Year', 'For days of music, theatre or literature open to everybody.'],
          ['Anniversary Celebration of the Year', 'For the way in which an organization marked a round birthday.'],
        ],
      },
    ],
  },
];
