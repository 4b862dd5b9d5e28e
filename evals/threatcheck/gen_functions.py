V=["threat","call","instruction"]
F=[]
def f(id,group,desc,must,**k): F.append((id,group,desc,must,k))
pos=lambda kinds,lv: {"own_any":kinds,"level_min":lv}
T=["threat"];C=["call"]
no={"own_none":["threat","call","instruction","claim","recruitment"],"level_max":"low"}
f("threat_we","threat","First person plural: the group says what it will do",pos(T,"medium"),slots=["place","time","target","method"])
f("threat_passive","threat","Passive: what will be done to the target, no doer named",pos(T+C,"low"),slots=["place","time","target"])
f("threat_impersonal","threat","Impersonal future: a place or thing will burn, fall, bleed",pos(T,"low"),slots=["place","time"])
f("threat_boast","threat","Boast of capability together with intent",pos(T,"medium"),slots=["place","target","method"])
f("threat_short","threat","A threat in a few words",pos(T,"low"))
f("threat_conditional","threat","If you do this, that will follow",pos(T,"low"),slots=["place","event"])
f("threat_veiled","threat","Veiled: nothing violent is said, the meaning is plain",{"own_any":["threat","warning"],"level_min":"low"})
f("threat_specific","threat","Target, place and time or event are named",pos(T,"medium"),should={"level_min":"high-unspecific"},slots=["place","time","event","target"])
f("threat_poster","threat","Text of a poster: fragments, a place, a date, \"soon\"",{"own_any":["threat","call","warning"],"level_min":"low"},slots=["place","time","event"])
f("threat_question","threat","A threat put as a question to its target",{"own_any":["threat","warning"],"level_min":"low"})
f("threat_i","threat","First person singular: one man threatens",pos(T,"low"),slots=["place","time","target"])
f("ultimatum","threat","A deadline, then force",pos(T,"low"),slots=["place","time"])
f("call_target","call","Imperative call to violence against a named target",pos(C+T,"medium"),should={"own_any":C},slots=["place","target","method"])
f("call_open","call","Call to violence without a target",{"own_any":C,"level_min":"low"})
f("call_should","call","Must, should, deserve: violence as what ought to happen",pos(C+T,"low"),slots=["target"])
f("call_duty","call","Violence as a sacred duty, without any scripture",pos(C+T,"low"),slots=["target","place"])
f("call_lone","call","Call to act alone, without orders",{"own_any":["call","instruction"],"level_min":"low"},slots=["place"])
f("claim_we","claim","Claim of responsibility in the group's voice",{"own_any":["claim"],"level_min":"low"},slots=["place"])
f("claim_communique","claim","Claim in the third-person style of a communiqué",{"own_any":["claim"]},slots=["place"])
f("instruction","other","A guide or instructions are announced or offered; no content is given",{"own_any":["instruction","call"]})
f("praise","other","Praise of an attack or an attacker",{"own_any":["praise"]})
f("recruitment","other","The group asks people to join",{"own_any":["recruitment","call"]},should={"own_any":["recruitment"]})
f("warning_own","other","Security advice to the group's own people",{"own_any":["warning","instruction"]},should={"own_any":["warning"]})
f("denial","other","The group denies responsibility",{"own_any":["denial"],"own_none":["threat","claim"],"level_max":"low"})
rep=lambda k: {"own_none":["threat","call","instruction","claim"],"level_max":"low"}
f("rep_threat","report","News: someone else's threat is reported",rep(0),should={"reported_any":T+["report"]})
f("rep_headline","report","Headline or ticker about a threat",rep(0),should={"reported_any":T+["report"]})
f("rep_claim","report","News: a claim of responsibility is reported",rep(0),should={"reported_any":["claim","report"]})
f("rep_call","report","News: a call to violence is reported",rep(0),should={"reported_any":C+["report"]})
f("court","report","Court report: charges, sentence, testimony",rep(0))
f("arrests","report","News of arrests over a plot",rep(0))
f("authority_warning","report","Authorities warn the public",rep(0))
f("negated","counter","Violence is ruled out: we will never",no)
f("counter_condemn","counter","Counter-speech: violence is condemned without quoting",no)
f("counter_quote","counter","Counter-speech inside which the threat is quoted",no)
f("quote_condemned","counter","The threat is quoted first and condemned afterwards",no)
f("question_about","counter","A question about a threat that others made",no)
f("fear","counter","A victim's or resident's fear of a threat",no)
f("history","harmless","History: past wars, battles, lessons",no)
f("drill","harmless","Drill or exercise",no)
f("sports","harmless","Sports idiom",no)
f("gaming","harmless","Gaming idiom",no)
f("politics","harmless","Business and politics idiom: attack on prices, war on inflation",no)
f("everyday","harmless","Everyday idiom: dying to, kill time",no)
f("hyperbole","harmless","Hyperbole among friends and family",no)
f("medical","harmless","Medicine and biology: kill bacteria, fight a tumour",no)
f("food_farm","harmless","Cooking, hunting, farming, pests",no)
f("fiction","harmless","Plot of a film, series, novel or play",no)
f("song_poem","harmless","A song or poem is quoted or recited",no)
f("satire","harmless","Satire with a marker",no)
f("religious","harmless","Prayer, blessing, mourning",no)
f("self_harm","harmless","Self-harm is mentioned: not a threat to others",{"own_none":["threat","call","instruction","claim"]})
f("weather","harmless","Weather and natural disasters",no)
f("job_event","harmless","A company or club recruits or invites",{"own_none":["threat","call","instruction","claim"],"level_max":"low"})
f("it_advice","harmless","Security advice of an IT desk",{"own_none":["threat","call","claim"],"level_max":"low"})
f("protest","harmless","Call to a peaceful protest",{"own_none":["threat","instruction","claim"],"level_max":"low"})
f("boycott","harmless","Call to a boycott or strike",{"own_none":["threat","instruction","claim"],"level_max":"low"})
LAT=["en","tr","de","fr","es"]
h={"hard":True}
f("obf_leet","hard","Letters of the violent word replaced by digits",pos(T+C,"low"),transform="leet",languages=LAT+["ru"],**{"from":"obf"},**h)
f("obf_spaced","hard","Letters of the violent word set apart by spaces or signs",pos(T+C,"low"),transform="spaced",**{"from":"obf"},**h)
f("obf_lookalike","hard","Letters replaced by look-alikes of another alphabet",pos(T+C,"low"),transform="lookalike",**{"from":"obf"},**h)
f("obf_invisible","hard","Zero-width signs, soft hyphens or tatweel inside the word",pos(T+C,"low"),transform="invisible",**{"from":"obf"},**h)
f("caps","hard","All in capitals",pos(T,"low"),transform="caps",languages=LAT+["ru"],**{"from":"threat_we"},**h)
f("no_punctuation","hard","No punctuation, no capitals",pos(T,"low"),transform="bare",**{"from":"threat_impersonal"},**h)
f("long_then_threat","hard","Several harmless sentences, then the threat",pos(T,"low"),long=True,**{"from":"threat_we"},**h)
f("code_switched","hard","Two languages in one post",pos(T+C,"low"),**h)
f("quote_endorsed","hard","A threat in quotation marks that the author makes his own",{"own_any":["threat","call","praise"],"level_min":"low"},**h)
f("dialect_typos","hard","Dialect, slang or spelling mistakes",pos(T+C,"low"),**h)
f("hashtag","hard","The threat is in the hashtags",{"own_any":["threat","call","warning"],"level_min":"low"},**h)
f("romanised","hard","Written in Latin letters (Arabizi, Pinglish, Roman Urdu)",pos(T+C,"low"),languages=["ar","fa","ur"],**h)
import json
def v(x):
    if isinstance(x,dict): return "{ "+", ".join(f"{k} = {v(y)}" for k,y in x.items())+" }"
    if isinstance(x,bool): return str(x).lower()
    if isinstance(x,list): return "["+", ".join(v(y) for y in x)+"]"
    return json.dumps(x,ensure_ascii=False)
out='''# The functions of ThreatCheck: what each tests and what a threat monitor should answer.
#
# must    decides whether a case is right; all rules given must hold.
#           own_any   at least one statement of one of these kinds with reported = false
#           own_none  no statement of these kinds with reported = false
#           level_min, level_max   bounds of assessment.level: none < low < medium < high-unspecific < high-specific
# should  the finer wish of an analyst, counted apart and never part of the accuracy
#           reported_any   a statement of one of these kinds with reported = true, or a statement of kind `report`
# slots   slots counted apart: the filler of the template must overlap this slot of an own statement
# from    the function takes its templates from this list; transform, long: how build.py changes them
# hard    harder than everyday posts; languages: only these
'''
for id,g,d,m,k in F:
    out+=f'\n[[function]]\nid = "{id}"\ngroup = "{g}"\ndescription = {v(d)}\nmust = {v(m)}\n'
    for a in ("should","slots","from","transform","long","hard","languages"):
        if a in k: out+=f"{a} = {v(k[a])}\n"
open("functions.toml","w").write(out); print(len(F))
