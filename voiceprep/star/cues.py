"""What the wording of one sentence says about its part in a story. May not look at its neighbours or its place.

`CUES` is the table: a name and a pattern. What a cue counts for each part is learnt by tools/train_star.py.
Patterns read lower-case text with straight apostrophes, since a recogniser's case and punctuation cannot be relied on.
"""

from __future__ import annotations

import re

_NUMBER = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty"
    r"|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundred|thousand|million|half|double|twice|a third|a quarter|several|a couple of|a few)"
)
_CHANGE = (
    r"(?:brought|got|increas|decreas|reduc|cut|drop|grew|grow|sav|rais|doubl|tripl|halv|fell|rose|improv"
    r"|boost|generat|earn|recover"
    r"|went (?:up|down|from)|brought|gain|shrank|climb|exceed|beat|hit|reach|up by|down (?:by|to|from)"
    r"|lower|sold|short)"
)
_MONEY = r"(?:\d ?%|%|per ?cent\b|[$€£] ?\d|\b(?:pounds|dollars|euros)\b)"
_LEAD = r"^(?:(?:so|and|but|um|uh|well|okay|ok|yeah|yes|oh|right|basically|anyway|now),? )*"


_PATTERNS = (
    # Situation: when, where, who, what was wrong.
    (
        "when",
        (
            r"\b(?:last|that|this one|previous) (?:year|month|week|summer|spring|autumn|fall|winter|semester|term"
            r"|season|job"
            r"|christmas|quarter|night|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
            r"|\b(?:years?|months?|weeks?) (?:ago|back)\b|\bin (?:19|20)\d\d\b|\bback (?:in|when|at)\b"
            r"|\bone (?:day|night|time"
            r"|evening|morning|afternoon|of (?:my|our|the))\b|\b(?:when|while|where) (?:i|we) (?:was|were|had"
            r"|worked|started"
            r"|joined|first|lived)\b|\bduring (?:my|our|the)\b|\b(?:days?|weeks?|hours?) (?:before|into)\b"
            r"|\bat the time\b"
            r"|\bon (?:my|the) (?:first|second|third|last) (?:day|week|shift)\b|\b(?:my|our) (?:first|second"
            r"|third|final|last)"
            r" (?:year|week|month|job)\b|\brecently\b|\bonce\b"
        ),
    ),
    (
        "where",
        (
            r"\b(?:at|in|for|with|during) (?:my|our|a|an|the) (?:\w+ ){0,2}(?:company|role|position|job"
            r"|internship|employer"
            r"|university|college|school|team|department|office|hospital|ward|shop|store|restaurant|hotel|branch"
            r"|project|firm"
            r"|agency|factory|degree|class|course|studies|thesis|phd|start-?up|bank|organi[sz]ation|workplace)\b"
            r"|\bat (?:university|college|school|uni|work)\b|\bas an? (?:\w+ ){1,3}(?:at|in|for|with)\b"
        ),
    ),
    (
        "setting",
        (
            r"\b(?:i|we) (?:was|were|had been|'d been|am|'m) (?:\w+ly )?(?:working|studying|running|driving"
            r"|teaching|leading"
            r"|doing|living|part of|on a|on the|in the|in a|in my|a|an|the|at|based|volunteering|building"
            r"|developing|launching"
            r"|about to|preparing|planning|managing)\b|\b(?:i|we) (?:worked|work|joined|started|studied|run"
            r"|coach|teach) "
            r"(?:at|for|in|as|on|with|a|an|the)\b"
        ),
    ),
    (
        "there_was",
        (
            r"\bthere(?:'d| had| was| were|'s been)\b|\b(?:i|we) (?:had|'d had) (?:a|an|this|these|two|three|four"
            r"|our|one|some"
            r"|the|to deal with)\b|\bit was (?:a|an|the|my|our|last|about|around|in|on|during|really|very)\b"
            r"|\bthis was\b"
        ),
    ),
    (
        "trouble",
        (
            r"\b(?:problems?|issues?|crisis|conflicts?|disagree\w*|mess|trouble|struggl\w+|complain\w*"
            r"|difficult\w*|behind"
            r"|bankrupt|broke|broken|crash\w*|fail\w*|stuck|angry|upset|unhappy|frustrat\w+|stressed|blam\w+"
            r"|overwhelm\w*|short"
            r"(?:-| )?staffed|pulled out|quit|resigned|cancel\w*|delay\w*|miss(?:ed|ing)|late|low|shout\w*|down"
            r"|wrong|lost our"
            r"|(?:did|was|were|could)(?: not|n't)|nobody|no one|kept|too (?:much|many|long|slow)|rejected"
            r"|confus\w+|unclear)\b"
        ),
    ),
    (
        "instance",
        _LEAD
        + r"(?:for example|for instance|an example|one example|a (?:good )?example|one time|a time|this (?:is|was)"
        r"|in my|at my|when i|there was|there were|last|a (?:few|couple)|during|while i|i was|i remember|the situation"
        r"|back|on my|i (?:had|worked)|we (?:had|were))\b|\bi (?:remember|recall)\b|\bthe (?:situation"
        r"|context|background)\b",
    ),
    ("noticed", r"\b(?:i|we) (?:had )?(?:noticed|saw|discovered|found out|heard|knew|reali[sz]ed)\b"),
    # Task: what was asked of the speaker.
    (
        "task_noun",
        (
            r"\b(?:my|our|the) (?:\w+ ){0,2}(?:task|job|role|goal|aim|objective|responsibilit(?:y|ies)|target|mission"
            r"|assignment|duty|brief|part|challenge|question|idea|plan|priority) "
            r"(?:for \w+ |there |here |from [\w ]+ |really )?(?:was|were|is|became|had been)\b"
        ),
    ),
    (
        "responsible",
        (
            r"\bresponsib(?:le|ility)\b|\bin charge of\b|\btasked with\b|\bresponsible\b|\baccountable\b|\bi owned\b"
            r"|\b(?:it|this|that)(?: was| is|'s) (?:all )?(?:on|up to|down to|left to) (?:me|us)\b|\bfell (?:to"
            r"|on) (?:me|us)\b"
            r"|\bmy (?:own )?(?:job|task|problem|responsibility|duty|call)\b|\blanded on (?:me|my)\b"
            r"|\b(?:that|it) was me\b"
            r"|\blooked at me\b|\b(?:i was|as) (?:the|kind of the|a|team|project) (?:\w+ )?(?:lead|leader"
            r"|coordinator|manager"
            r"|only one)\b"
        ),
    ),
    (
        "was_asked",
        (
            r"\b(?:was|were|been|got|being|'d been) (?:\w+ly |then |also )?(?:asked|tasked|told|assigned|given"
            r"|required|expected"
            r"|supposed|appointed|elected|chosen|selected|brought in|hired|challenged|meant|the (?:one"
            r"|person) (?:who|to|that))\b"
            r"|\b(?:asked|wanted|told|needed|expected|instructed|wants?|tells?|asks?|ask|assigned|gave"
            r"|given) (?:me|us)\b"
            r"|\bsaid,? (?:to me )?(?:you|can you|could you|get|we)\b|\ballowed to\b"
            r"|\b(?:boss|manager|director|supervisor|lead|ceo|client) (?:said|says)\b"
        ),
    ),
    (
        "had_to",
        (
            r"\b(?:i|we|somebody|someone) (?:really |just |only |therefore |then |must |still |also )?(?:had|have"
            r"|needed|need"
            r"|must)(?: \w+ \w+)? to\b|\b(?:i|we) must\b|\b(?:i|we) needed\b|\bneeded (?:to|a|an)\b"
        ),
    ),
    (
        "wanted_to",
        (
            r"\b(?:i|we) (?:really |just |also |only )?(?:wanted|hoped|aimed|intended|was hoping|were hoping"
            r"|set out|felt)"
            r" (?:to|it was|(?:like |that )?(?:i|we) (?:had|should|needed)|them|responsib\w+)\b|\bin order to\b"
        ),
    ),
    (
        "by_when",
        (
            r"\bdeadline\b|\bby (?:the end of|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january"
            r"|february|march"
            r"|april|may|june|july|august|september|october|november|december|christmas|easter|then)\b"
            r"|\b(?:before|within|until)"
            r" (?:the (?:end|deadline)|easter|christmas)\b"
        ),
    ),
    # Action: steps.
    (
        "step",
        _LEAD + r"(?:first(?:ly)?|then|next|after (?:that|this|which)|afterwards?|second(?:ly)?|third(?:ly)?|finally"
        r"|to (?:start|begin|do this|do that|achieve|solve|address|fix|make sure)|initially|from there"
        r"|instead|meanwhile|once "
        r"(?:i|we)|by \w+ing)\b|\b(?:and then|after that|then|so) (?:i|we)\b",
    ),
    (
        "what_i_did",
        (
            r"\bwhat (?:i|we) did\b|\b(?:i|we) (?:decided|started|began|made sure|took (?:the )?(?:initiative"
            r"|it upon|ownership"
            r"|time)|chose)\b|\bmy (?:first step|approach|solution|strategy)\b|\bstep(?:ped)? (?:in|up|was)\b"
            r"|\bdecided to\b"
        ),
    ),
    # Result: what came of it.
    (
        "outcome",
        (
            r"\bas a result\b|\bin the end\b|\bat the end\b|\b(?:the|final|end) (?:results?|outcomes?|impact)\b"
            r"|\bresult(?:ed|ing)"
            r" in\b|\bled to\b|\bleading to\b|\bwhich (?:meant|allowed|helped|made|gave|saved|led|enabled|improved)\b"
            r"|\b(?:consequently|ultimately|eventually|luckily|fortunately)\b|\bended up\b|\b(?:it|that"
            r"|this) (?:really |all )?(?:worked"
            r"|paid off|helped|stopped)\b|\bpaid off\b|\bsince then\b|\bever since\b|\bto this day\b"
            r"|\ball in all\b|\bthanks to\b"
            r"|\b(?:days?|weeks?|months?|years?|hours?) later\b|\bwithin (?:a|an|one|two|three|four|five|six|\d+"
            r"|the first)\b"
            r"|\bafter (?:a|one|two|three|four|five|six|\d+) (?:days?|weeks?|months?|years?)\b|\bby (?:month|week"
            r"|the end)\b"
            r"|\b(?:which|that) was the result\b"
        ),
    ),
    # The same as the first words: what follows such a sentence is seldom the story's beginning or middle.
    (
        "result_opener",
        _LEAD + r"(?:as a (?:result|consequence)|in the end|at the end|by the end|ultimately|consequently|since then"
        r"|ever since|from then on|thanks to (?:this|that|it)|the (?:final |end )?(?:results?|outcome)"
        r" (?:was|were)|this (?:resulted|led|allowed|enabled|meant)|it (?:all )?(?:worked|paid off))\b",
    ),
    (
        "change",
        rf"\b{_CHANGE}\w*\b(?:\W+\w+){{0,6}}?\W+{_NUMBER}\b|\bfrom (?:\w+ ){{1,4}}to {_NUMBER}\b",
    ),
    ("amount", _MONEY + rf"|\b{_NUMBER} (?:times|(?:out )?of (?:the )?{_NUMBER})\b|\btwice as\b"),
    ("quantity", rf"\b{_NUMBER}\b"),
    (
        "praise",
        (
            r"\b(?:promot(?:ed|ion)|award|thank(?:ed|ful|s)|thank you|prais\w+|feedback|happy|happier|pleased"
            r"|satisf\w+|delighted"
            r"|loved|impressed|grateful|compliment\w*|congratulat\w+|apologi[sz]ed|reviews?|bonus|recommended"
            r"|proud|appreciat\w+"
            r"|recogni[sz]ed|recognition|positive|liked it|better|trust\w*)\b"
        ),
    ),
    (
        "success",
        (
            r"\bsuccess\w*\b|\bon (?:time|schedule|budget|the date)\b|\bahead of\b|\bunder budget\b|\bin time\b"
            r"|\bto spare\b"
            r"|\b(?:i|we|they|he|she|it|team|project|everyone|everybody) (?:were|was|got|then|all|both"
            r"|finally|successfully"
            r"|also|even)? ?(?:delivered|launched|shipped|won|passed|signed|approved|finished|achieved|completed"
            r"|submitted|agreed"
            r"|settled|stayed|raised|recovered|saved|hired|met the|managed|came back|sold out|able to|reached"
            r"|solved|resolved"
            r"|accepted|survived|got (?:a|the|an|two|his|her|their|our))\b|\bsolved\b|\bresolved\b|\bworked out\b"
            r"|\bwent (?:well|smoothly|live|ahead)\b"
        ),
    ),
    (
        "lasting",
        (
            r"\bstill\b|\bnow\b|\btoday\b|\bever (?:again|had|came)\b|\bnever (?:\w+ )?(?:again|had|came|happened"
            r"|back)\b|\bstopped\b"
            r"|\bno (?:more|longer|complaints?|one left)\b|\bwithout (?:a|any|one|losing)\b|\bnot one\b"
            r"|\bevery(?:one|body) (?:had|was"
            r"|left|got|went)\b|\bnobody (?:left|quit|noticed|minded)\b|\bstayed (?:on|with)\b|\bcame (?:back"
            r"|out)\b|\basked (?:me|us) (?:back|to do the same|to present|to show)\b|\bagain\b"
        ),
    ),
    (
        "learning",
        (
            r"\bi(?:'ve| have)? (?:also |really )?learn(?:ed|t)\b(?! (?:how )?to\b| how\b| about\b)|\btaught me\b"
            r"|\blessons?\b|\btake-?aways?\b"
            r"|\btook (?:away )?from (?:it|that|this)\b|\bnext time\b|\blooking back\b|\bshowed me\b|\bin hindsight\b"
            r"|\bi(?:'m| am| was) (?:really |very )?proud\b"
        ),
    ),
    # Other: talk about the talk, views, habits, what would be.
    (
        "aside",
        (
            r"\bthat'?s (?:\w+ ){0,3}(?:an?|the|one|how|why|what|it|all|about) ?(?:good |nice |great )?(?:example"
            r"|i handle\w*|i did"
            r"|it|time|story)?$|\bexample of\b|\bi don't know if\b|\bgood question\b|\blet me think\b|\bto be honest\b"
            r"|\bthanks? (?:you )?for (?:having|the)\b|\bhear me\b|\byou know how\b|\bi can tell you\b"
            r"|\bhope (?:that|this)\b"
            r"|\bdoes that\b|\bi mean\b$|\bi(?:'d| would) (?:like to )?(?:talk|tell you)\b|\bhow do i say\b"
        ),
    ),
    # How people close an answer that has no ending: it comes last, where a result would stand, and is none.
    (
        "sign_off",
        _LEAD + r"(?:that(?:'s| is| was) (?:(?:basically|pretty much|really|more or less|about|kind of|just) )?"
        r"(?:it|all|how (?:i|we) (?:like to|usually|always|normally|work|do|handle|try|approach|deal)"
        r"|(?:my|the) (?:answer|example|story)|what (?:i|we) (?:do|usually|always))\b|i hope (?:that|this)"
        r"|does that (?:answer|make)|(?:more or less|something like that|or so)$)",
    ),
    (
        "view",
        (
            r"\b(?:i|we) (?:also |still |really |just )?(?:think|believe|guess|suppose|feel|like|love|prefer"
            r"|enjoy|know|want|consider|imagine"
            r"|understand|try|tend|see myself)\b|\bin my (?:opinion|view|experience)\b|\bi(?:'d"
            r"| would) say\b|\bfor me\b"
            r"|\bimportant\b|\bi(?:'m| am)\b(?! (?:a|the) (?:manager|lead))|\bmy (?:strengths?|weakness\w*|friends)\b"
        ),
    ),
    (
        "habit",
        (
            r"\b(?:usually|generally|normally|typically|always|often|every (?:day|week|morning|time)|sometimes"
            r"|whenever|in general"
            r"|tend to|most of the time)\b"
        ),
    ),
    (
        "would",
        (
            r"\b(?:i|we|you|it|they|he|she|that)(?:'d| would| might| could| will|'ll) (?:\w+ly |also |first "
            r"|then |probably |just )?"
            r"(?!been\b|never\b|had\b|not\b)\w+(?<!ed)\b|\bif (?:i|you|we|it|that|they|someone|something|there)\b"
        ),
    ),
    ("generic_you", r"\byou(?:'re|'ve|'ll| can| need| have| should| put| get| want| are| could| must)?\b"),
)

CUES = {name: re.compile(pattern) for name, pattern in _PATTERNS}
