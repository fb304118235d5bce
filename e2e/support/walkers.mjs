// walkers are who walks: one for each role, and two heads whose associations have come less far.
export const walkers = [
  { who: 'visitor', role: 'visitor', from: '/' },
  { who: 'karin', role: 'head', email: 'karin.lind@alvkusten.example', from: '/alvkusten/skrivbord' },
  { who: 'tyra', role: 'office', email: 'tyra.ek@alvkusten.example', from: '/alvkusten/skrivbord' },
  { who: 'gunilla', role: 'board', email: 'gunilla.strom@alvsele.example', from: '/alvkusten/skrivbord' },
  { who: 'helena', role: 'prep', email: 'helena.vik@mo.example', from: '/alvkusten/skrivbord' },
  { who: 'bo', role: 'auditor', email: 'bo.sundin@revision.example', from: '/skogsbygden/skrivbord' },
  { who: 'eva', role: 'activity_owner', email: 'eva.bjork@tallviken.example', from: '/alvkusten/skrivbord' },
  { who: 'daniel', role: 'initiative_lead', email: 'daniel.frisk@alvsele.example', from: '/alvkusten/insatser' },
  { who: 'linnea', role: 'initiative_staff', email: 'linnea.holm@alvsele.example', from: '/alvkusten/insatser' },
  { who: 'olle', role: 'admin', email: 'olle.berg@drift.example', from: '/administration' },
  { who: 'arne', role: 'head', email: 'arne.lund@skogsbygden.example', from: '/skogsbygden/skrivbord', also: true },
  { who: 'maria', role: 'head', email: 'maria.sand@vastrasjolandet.example', from: '/vastra-sjolandet/skrivbord', also: true },
];
