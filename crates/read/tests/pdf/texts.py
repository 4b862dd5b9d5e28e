"""Neutral texts of our own for the PDF fixtures: weather, libraries, museums, trains, bread."""

PARAGRAPHS = {
    "en": [
        "The library in the old harbour opens again after two years of repairs. The reading room has new windows, and the light now falls on the long tables from the north. Visitors may borrow up to ten books and keep them for four weeks.",
        "On Sunday the weather will be mild with some clouds in the morning. In the afternoon a light wind comes from the sea, and by evening small showers are possible near the coast. The temperature stays between twelve and sixteen degrees.",
        "The museum shows maps that fishermen drew two hundred years ago. Many of them name bays and rocks that no modern map knows. The curator says that children find the small drawings of ships first, and their parents the names of their own villages.",
        "A baker in the market street has written down the recipes of her grandmother. Every Friday she bakes one of them and sells it until noon. The rye bread with caraway is gone within an hour, so neighbours order it the day before.",
        "The night train leaves at half past nine and reaches the capital at six. Tickets can be bought at the station, from the guard, or in the small shop next to the post office.",
    ],
    "de": [
        "Die Bibliothek am alten Hafen öffnet nach zwei Jahren wieder. Der Lesesaal hat neue Fenster bekommen, und das Licht fällt jetzt von Norden auf die langen Tische. Besucher dürfen bis zu zehn Bücher ausleihen und vier Wochen behalten.",
        "Am Sonntag wird das Wetter mild, am Vormittag ziehen einige Wolken auf. Nachmittags weht ein leichter Wind vom Meer, und gegen Abend sind an der Küste kleine Schauer möglich. Die Temperatur bleibt zwischen zwölf und sechzehn Grad.",
        "Das Museum zeigt Karten, die Fischer vor zweihundert Jahren gezeichnet haben. Viele nennen Buchten und Felsen, die keine heutige Karte kennt. Die Leiterin erzählt, dass Kinder zuerst die kleinen Schiffe finden und ihre Eltern die Namen der eigenen Dörfer.",
        "Eine Bäckerin in der Marktstraße hat die Rezepte ihrer Großmutter aufgeschrieben. Jeden Freitag backt sie eines davon und verkauft es bis zum Mittag. Das Roggenbrot mit Kümmel ist nach einer Stunde weg, darum bestellen es die Nachbarn am Tag davor.",
        "Der Nachtzug fährt um halb zehn ab und erreicht die Hauptstadt um sechs Uhr. Fahrkarten gibt es am Bahnhof, beim Schaffner oder im kleinen Laden neben der Post.",
    ],
    "fr": [
        "La bibliothèque du vieux port rouvre après deux ans de travaux. La salle de lecture a reçu de nouvelles fenêtres, et la lumière tombe maintenant du nord sur les longues tables. Les visiteurs peuvent emprunter jusqu'à dix livres et les garder quatre semaines.",
        "Dimanche, le temps sera doux avec quelques nuages le matin. L'après-midi, un vent léger viendra de la mer et, vers le soir, de petites averses sont possibles près de la côte. La température restera entre douze et seize degrés.",
        "Le musée montre des cartes que des pêcheurs ont dessinées il y a deux cents ans. Beaucoup nomment des baies et des rochers qu'aucune carte moderne ne connaît. La conservatrice raconte que les enfants trouvent d'abord les petits bateaux, et leurs parents les noms de leurs villages.",
        "Une boulangère de la rue du marché a noté les recettes de sa grand-mère. Chaque vendredi, elle en prépare une et la vend jusqu'à midi. Le pain de seigle au carvi disparaît en une heure, et les voisins le commandent la veille.",
        "Le train de nuit part à neuf heures et demie et arrive dans la capitale à six heures. On achète les billets à la gare, au contrôleur ou dans la petite boutique à côté de la poste.",
    ],
    "ru": [
        "Библиотека в старой гавани снова открывается после двух лет ремонта. В читальном зале поставили новые окна, и свет теперь падает на длинные столы с севера. Посетители могут взять до десяти книг и держать их четыре недели.",
        "В воскресенье погода будет мягкой, утром местами облачно. Днём с моря подует лёгкий ветер, а к вечеру у берега возможны небольшие дожди. Температура останется между двенадцатью и шестнадцатью градусами.",
        "Музей показывает карты, которые рыбаки нарисовали двести лет назад. На многих названы бухты и скалы, которых не знает ни одна современная карта. Хранительница говорит, что дети сначала находят маленькие корабли, а их родители названия своих деревень.",
        "Пекарь на рыночной улице записала рецепты своей бабушки. Каждую пятницу она печёт хлеб по одному из них и продаёт до полудня. Ржаной хлеб с тмином исчезает за час, поэтому соседи заказывают его накануне.",
        "Ночной поезд отправляется в половине десятого и прибывает в столицу в шесть часов. Билеты продают на вокзале, у проводника и в маленькой лавке рядом с почтой.",
    ],
    "ar": [
        "تفتح المكتبة في الميناء القديم أبوابها من جديد بعد عامين من الإصلاح. صارت لقاعة المطالعة نوافذ جديدة، ويأتي الضوء الآن من الشمال على الطاولات الطويلة. يستطيع الزوار استعارة عشرة كتب والاحتفاظ بها أربعة أسابيع.",
        "سيكون الطقس يوم الأحد معتدلا مع بعض الغيوم في الصباح. تهب بعد الظهر ريح خفيفة من البحر، وقد تنزل زخات صغيرة قرب الساحل في المساء. تبقى درجة الحرارة بين اثنتي عشرة وست عشرة درجة.",
        "يعرض المتحف خرائط رسمها الصيادون قبل مئتي عام. يذكر كثير منها خلجانا وصخورا لا تعرفها أي خريطة حديثة. تقول أمينة المتحف إن الأطفال يجدون أولا صور السفن الصغيرة، ويجد آباؤهم أسماء قراهم.",
        "كتبت خبازة في شارع السوق وصفات جدتها. تخبز كل يوم جمعة واحدة منها وتبيعها حتى الظهر. ينفد خبز الشعير بالكمون في ساعة واحدة، ولذلك يطلبه الجيران قبل يوم.",
        "يغادر قطار الليل في التاسعة والنصف ويصل إلى العاصمة في السادسة صباحا. تباع التذاكر في المحطة وعند المراقب وفي الدكان الصغير بجانب مكتب البريد.",
    ],
    "fa": [
        "کتابخانهٔ بندر قدیمی پس از دو سال تعمیر دوباره باز می‌شود. تالار مطالعه پنجره‌های تازه‌ای دارد و نور اکنون از شمال روی میزهای بلند می‌افتد. بازدیدکنندگان می‌توانند تا ده کتاب امانت بگیرند و چهار هفته نگه دارند.",
        "هوای روز یکشنبه ملایم است و صبح کمی ابری خواهد بود. بعد از ظهر باد ملایمی از دریا می‌وزد و نزدیک غروب شاید در کنار ساحل کمی باران ببارد. دما میان دوازده و شانزده درجه می‌ماند.",
        "موزه نقشه‌هایی را نشان می‌دهد که ماهیگیران دویست سال پیش کشیده‌اند. بسیاری از آن‌ها از خلیج‌ها و صخره‌هایی نام می‌برند که هیچ نقشهٔ امروزی نمی‌شناسد. مدیر موزه می‌گوید کودکان نخست تصویر کشتی‌های کوچک را پیدا می‌کنند و پدر و مادرها نام روستای خود را.",
        "نانوایی در خیابان بازار دستورهای مادربزرگش را نوشته است. هر جمعه یکی از آن‌ها را می‌پزد و تا ظهر می‌فروشد. نان جو با زیره در یک ساعت تمام می‌شود و همسایه‌ها آن را از روز پیش سفارش می‌دهند.",
        "قطار شب ساعت نه و نیم حرکت می‌کند و ساعت شش به پایتخت می‌رسد. بلیت را می‌توان در ایستگاه، از مأمور قطار یا در مغازهٔ کوچک کنار پست خرید.",
    ],
    "ur": [
        "پرانی بندرگاہ کا کتب خانہ دو سال کی مرمت کے بعد دوبارہ کھل رہا ہے۔ مطالعے کے کمرے میں نئی کھڑکیاں لگی ہیں اور اب روشنی شمال سے لمبی میزوں پر پڑتی ہے۔ آنے والے دس کتابیں لے سکتے ہیں اور چار ہفتے اپنے پاس رکھ سکتے ہیں۔",
        "اتوار کو موسم معتدل رہے گا اور صبح کچھ بادل ہوں گے۔ دوپہر کے بعد سمندر سے ہلکی ہوا چلے گی اور شام کو ساحل کے قریب ہلکی بارش ہو سکتی ہے۔ درجہ حرارت بارہ اور سولہ کے درمیان رہے گا۔",
        "عجائب گھر میں وہ نقشے دکھائے جا رہے ہیں جو ماہی گیروں نے دو سو سال پہلے بنائے تھے۔ ان میں بہت سی خلیجوں اور چٹانوں کے نام ہیں جنہیں کوئی نیا نقشہ نہیں جانتا۔ بچے پہلے چھوٹے جہازوں کی تصویریں ڈھونڈتے ہیں اور ان کے والدین اپنے گاؤں کے نام۔",
        "بازار کی گلی میں ایک نانبائی نے اپنی دادی کی ترکیبیں لکھ لی ہیں۔ ہر جمعے کو وہ ان میں سے ایک پکاتی ہے اور دوپہر تک بیچتی ہے۔ زیرے والی روٹی ایک گھنٹے میں ختم ہو جاتی ہے اس لیے پڑوسی ایک دن پہلے کہہ دیتے ہیں۔",
        "رات کی گاڑی ساڑھے نو بجے چلتی ہے اور صبح چھ بجے دارالحکومت پہنچتی ہے۔ ٹکٹ اسٹیشن پر، گارڈ سے یا ڈاک خانے کے ساتھ والی چھوٹی دکان سے مل سکتے ہیں۔",
    ],
}

HEADINGS = {
    "en": "News of the harbour",
    "de": "Nachrichten vom Hafen",
    "fr": "Nouvelles du port",
    "ru": "Новости гавани",
    "ar": "أخبار الميناء",
    "fa": "خبرهای بندر",
    "ur": "بندرگاہ کی خبریں",
}

# For the magazines: sentences are put together from these parts by a seeded generator.
PARTS = {
    "en": {
        "who": ["The gardener", "A teacher from the hill school", "The keeper of the bridge", "An old sailor", "The miller", "A student of maps", "The clockmaker", "Our neighbour", "The weaver", "A young cook", "The ferry crew", "The choir"],
        "did": ["has counted", "wrote about", "repaired", "showed us", "collects", "measured", "painted", "remembers", "described", "looks after", "borrowed", "brought home"],
        "what": ["the apple trees of the valley", "every lamp along the quay", "a box of letters from the islands", "the wooden boats of the bay", "the oldest clock of the town hall", "seeds of a blue flower", "the songs of the harvest", "a map of the river", "the bread ovens of the region", "the birds of the marsh", "a stone wall behind the church", "the tools of the carpenters"],
        "when": ["in the spring", "before the first snow", "on a rainy Tuesday", "during the long holidays", "for more than thirty years", "with the help of the children", "without any hurry", "after the fair", "between two storms", "while the mill was closed"],
        "why": ["so that nothing is forgotten", "because the archive asked for it", "and many people came to see it", "although nobody had expected that", "and the result hangs in the library", "which took longer than planned", "as the older people had done", "and the school will go on with it"],
    },
    "ar": {
        "who": ["البستاني", "معلمة من مدرسة التل", "حارس الجسر", "بحار عجوز", "الطحان", "طالب يدرس الخرائط", "صانع الساعات", "جارنا", "النساجة", "طباخ شاب", "أهل العبارة", "الفرقة"],
        "did": ["يعد", "يصف", "يصلح", "يعرض علينا", "يجمع", "يقيس", "يرسم", "يتذكر", "يدرس", "يعتني بأمر", "يحفظ", "ينقل"],
        "what": ["أشجار التفاح في الوادي", "كل مصباح على الرصيف", "صندوقا من رسائل الجزر", "القوارب الخشبية في الخليج", "أقدم ساعة في دار البلدية", "بذور زهرة زرقاء", "أغاني الحصاد", "خريطة النهر", "أفران الخبز في المنطقة", "طيور المستنقع", "جدارا من الحجر خلف السوق", "أدوات النجارين"],
        "when": ["في الربيع", "قبل الثلج الأول", "في يوم ممطر", "خلال العطلة الطويلة", "منذ أكثر من ثلاثين عاما", "بمساعدة الأطفال", "من غير عجلة", "بعد المعرض", "بين عاصفتين", "حين كانت الطاحونة مغلقة"],
        "why": ["كي لا ينسى شيء", "لأن دار المحفوظات طلبت ذلك", "وجاء كثير من الناس ليروه", "مع أن أحدا لم يتوقع ذلك", "وعلقت النتيجة في المكتبة", "واستغرق ذلك وقتا أطول", "كما كان الكبار يفعلون", "وستواصل المدرسة هذا العمل"],
    },
}
PARTS["fa"] = {
    "who": ["باغبان", "آموزگاری از مدرسهٔ تپه", "نگهبان پل", "ملوانی پیر", "آسیابان", "دانشجوی نقشه‌کشی", "ساعت‌ساز", "همسایهٔ ما", "بافنده", "آشپزی جوان"],
    "did": ["شمرده است", "توصیف کرده است", "تعمیر کرده است", "به ما نشان داده است", "گرد آورده است", "اندازه گرفته است", "کشیده است", "به یاد دارد"],
    "what": ["درختان سیب دره را", "هر چراغ اسکله را", "جعبه‌ای از نامه‌های جزیره را", "قایق‌های چوبی خلیج را", "کهن‌ترین ساعت شهرداری را", "دانه‌های گلی آبی را", "ترانه‌های درو را", "نقشهٔ رودخانه را", "تنورهای این منطقه را", "پرندگان مرداب را"],
    "when": ["در بهار", "پیش از نخستین برف", "در روزی بارانی", "در تعطیلات", "با کمک کودکان", "بی هیچ شتابی", "پس از بازار", "میان دو توفان"],
    "why": ["تا چیزی فراموش نشود", "زیرا بایگانی خواسته بود", "و مردم بسیاری آمدند", "هرچند کسی انتظار نداشت", "و حاصل کار در کتابخانه است", "و مدرسه آن را دنبال می‌کند"],
}
