/** The labels of the taxonomy, each with the words that speak for it. */
export const TAXONOMY: { readonly [label: string]: string } = {
  Automotive: 'car cars driver driving electric engine vehicle vehicles motor fuel garage tyre hybrid sedan mileage dealership charging',
  Business:
    'business company companies market startup merger revenue customer customers sales strategy industry retail supply founder profit',
  Education:
    'school schools student students teacher teachers university learning course courses classroom exam degree lesson campus tuition',
  Entertainment: 'film films movie movies music album concert actor actress series television theatre streaming celebrity premiere singer',
  Environment:
    'climate carbon emissions pollution recycling biodiversity renewable solar wind conservation sustainability forest warming plastic',
  Finance:
    'bank banks investment investor investors stock stocks bond interest inflation loan mortgage currency fund tax savings budget dividend',
  Food: 'recipe recipes cooking kitchen restaurant chef ingredients flavour bread cheese vegetable vegetables wine dinner dish baking sauce',
  Health:
    'health hospital doctor doctors patient patients disease treatment medicine vaccine therapy symptoms nurse clinic diagnosis surgery fitness',
  Politics: 'government election elections parliament senate minister president policy vote voters law campaign democracy treaty diplomat',
  Science:
    'science scientists research researchers physics chemistry biology laboratory experiment astronomy planet telescope genome particle theory',
  Sports:
    'football soccer tennis basketball match team teams league player players coach championship tournament goal olympic athlete season',
  Technology:
    'software hardware computer computers cloud data algorithm processor chip chips smartphone internet app code developer developers robot',
  Travel:
    'travel hotel hotels flight flights airport beach tourist tourists tourism destination passport luggage cruise itinerary island resort',
};
