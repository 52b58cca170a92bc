// How pleasant words of other languages than English are: our own lists, with the slang and the typed laughter of social media.
// Any spelling: accents are folded when read. `maravill*` is a beginning of four letters or more.

/** By language, then by tenths of the rating (−4 to +4), the words that have it. */
export const feelingWords: Record<string, Record<string, string>> = {
  es: {
    '27':
      'maravill* excelen* increibl* fantastic* espectacular* perfect* genial* encant* adoro amo amor amores enamorad* brutal feliz felices felicidad* hermos* precios* preciosidad magnific* estupend* fabulos* geniales bellisim* guapisim* buenisim* mejores crack maquina triunf* victoria ganamos campeon* emocionad* ilusion* te_quiero orgull* bendic*',
    '17':
      'bien bueno buena buenos buenas gracias gusta gusto gustan gusto gustaria bonit* lind* guap* chul* mola molan alegr* content* disfrut* divertid* diviert* sonri* sonrisa* risa* jaja jajaja jajajaja jaj* abrazo* beso* besit* besazo* suerte animo vamos vamoo mejor ganar gano ganado gana exito* amig* amable* simpatic* rapid* facil util recomend* esper* fiesta vacacion* cumple* carino querid* agradec* agradable* interesante* apoyo gracios* listo* tranquil* dulce rico rica delicios* viva ole bravo aplaus* enhorabuena felicit* ojala ganas motivad* mejoro cielo reina rey solazo planazo tqm',
    '-17':
      'mal malo mala malos malas peor no_funciona triste* tristeza llor* pena lastima dolor duele duelen doler enfad* cabread* cabrea molest* aburr* cansad* canso cans* harto harta hartos problema* fallo* error* miedo susto odio enferm* fiebre perder perdi perdido pierde perdimos perdio solo sola falta extran* queja* quej* culpa dificil imposible lento lenta tarde retraso* caro cara cancel* deuda* crisis pobre* preocup* nervios* estres* agobi* agot* frio suspend* suspens* examen* llorando duda* injust* lamentable decepcion* decepcionad* odio odia odian feo fea raro sueno jodid* joder puto puta cojones',
    '-27':
      'horribl* terribl* peores pesim* asco asquer* asqueros* odioso mierda mierdas basura vergonz* verguenza robo robar robando ladron* estafa* fraude desastre* inutil* idiota* imbecil* estupid* gilipoll* hijo_de_puta hdp muert* matar mat* asesin* guerra* corrup* mentir* mentiros* infierno pesadilla* deprim* depre depresion fatal nefast* patetic* ridicul* cabron* maldit* violenc* terroris* insopor* repugn* indign* fracas* tragedia',
  },
  pt: {
    '27':
      'maravilh* excelen* incrivel incriveis fantastic* espetacular* perfeit* genial amei amo ama amar amando amor amores amamos adoro adorei adora adorando apaixon* feliz felizes felicidade* lind* lindez* lindao lindona gat* gato gata maravilhosa melhor melhores otimo otima otimos otimas show arras* arrasou diva divo divas mito rainha rei deus_abencoe abencoad* emocion* sensacional top demais orgulh* vitoria campe* sucesso parabens topzera shippo shipp* sdd_boa',
    '17':
      'bem bom boa bons boas obrigad* obg valeu gost* gostei gosto gostoso gostosa bonit* fof* fofo fofa legal legais bacana divertid* engracad* rindo ri rir kkkk kkkkk kkkkkk kk kkk haha hahaha rsrs rs sorri* sorriso* abraco* beijo* beijinh* bjs bju sorte ganhar ganhou ganhei ganha vencer venceu venc* torcendo torcida torcer torco amig* simpatic* alegr* curti curtindo curto ansios* festa ferias aniver* querid* carinh* agradec* interessante* apoio delici* viva bravo aplaus* fas saudavel merec* partiu tamo junto lacr* fofura esperanca sabado sextou bixo talento* talentos*',
    '-17':
      'mal ruim ruins pior triste* tristeza chor* pena dor doi doendo raiva odio odeio odiei odeia chat* chato chata chateia chatead* irrit* cansad* cansei cansa problema* erro* falha* medo susto doente febre perder perdi perdeu perdendo perde sozinh* falta faltou saudade* saudades sdds culpa dificil impossivel lento lenta demor* tarde atraso* atras* caro cara cancel* divida* crise pobre* preocup* nervos* estress* frio prova* duvid* injust* lament* decepcion* feio feia estranh* sono tedio desist* sem_graca forcad* fraco fraca falsa falso falsidade mimimi eliminad* saiu vergonha aff afff putz affs',
    '-27':
      'horrivel horriveis terrivel pessim* piores nojo nojent* merda bosta lixo vergonh* roub* ladrao ladroes golpe* golpista* fraude desastre inutil idiota* imbecil burro burra burr* babaca* otari* fdp porra caralho pqp desgrac* mort* matar mata assassin* guerra* corrup* mentir* mentiros* inferno pesadelo deprimid* depre depressao patetic* ridicul* maldit* violen* insuport* indign* fracass* tragedia absurdo nojo escrot* canalha* bandido* cadeia',
  },
  fr: {
    '27':
      'merveill* excellent* incroyable* genial* geniale* fantastique* parfait* magnifique* superbe* formidable* adore adorable* adorer amour* amoureu* heureux heureuse* bonheur extraordinaire* sublime* sensas* bravo felicitations felicit* bravoo victoire* champion* fier fiere fiers genialissime meilleur meilleure* top splendide* ravi ravie ravis',
    '17':
      'bien bon bonne bons bonnes merci mercii aime aimer aiment beau belle beaux belles joli* sympa* cool super gentil* content* heureus* plaisir* sourire* rire* rigol* mdr mdrr mdrrr ptdr lol haha hahaha xptdr bisou* bises bise calin* chance courage vive gagner gagne gagnons gagn* reussi* reussite* succes ami amie amis amies facile* utile* rapide* recommand* espoir* espere hate fete* vacances anniv* cher chere agreable* interessant* soutien soutenir drole* doux douce delicieu* bravo encourag* innov* propre* progres mieux solution* bienvenue ensemble durable* jaime positif* positive* avancee* creer cree protege* proteger economi* renouvel* solaire* verte* ecolo* savoureu* bonnenuit',
    '-17':
      'mal mauvais* pire triste* tristesse pleur* peine dommage douleur* enerv* chiant* ennui* ennuy* fatigu* marre saoul* soul* probleme* panne* erreur* bug* peur* haine deteste* malade* fievre perdre perdu* perd perdent seul seule manque* tard retard* faute coupable* difficile* impossible* lent lente chere chers annul* dette* crise* pauvre* inquiet* inquiet inquiete* inquietant* stress* froid doute* injuste* decu* decev* deception* moche* bizarre* degrad* menace* menac* risque* danger* pollution* pollu* dechet* greve* plainte* baisse* refus* rejet* critique* polemique* colere faim hypocrit* inegal* galere* relou* abus* honteu* hausse taxe* nul nulle nuls nulles',
    '-27':
      'horrible* terrible* affreu* pires degueu* degout* merde* putain ptn pourri* honte* vol vole voleur* voleurs arnaque* fraude* desastre* catastroph* inutile* idiot* imbecile* con conne connard* connasse* cons debile* salaud* salope* encul* mort* morte* mourir tuer tue tuent meurtr* guerre* corromp* corrup* corrompu* mensonge* menteur* menti* enfer cauchemar* deprim* depression lamentable* minable* pathetique* ridicul* maudit* violen* terroris* insupport* scandal* echec* tragedi* ordure* racis* fachis* detruit* detruire destruct* massacre* irresponsab*',
  },
  it: {
    '27':
      'meravigli* eccellent* incredibil* fantastic* perfett* geniale geniali stupend* magnific* splendid* favolos* spettacol* adoro adorabil* amo amore amori innamorat* ama amano felice felici felicita bellissim* bravissim* buonissim* migliore migliori grandissim* grande grandi bravo brava bravi brave complimenti vittoria campion* orgoglios* orgoglio auguri emozion* evviva forza ottim*',
    '17':
      'bene buono buona buoni buone buon grazie piace piacciono piaciut* piacere bello bella belli belle bel carin* simpatic* divert* content* sorris* sorridere ridere rido ahah* ahaha* haha* ahahah* lol abbracci* bacio baci bacion* fortuna coraggio vincere vinto vince vinciamo vincer* successo amic* gentil* veloc* facil* utile utili consigli* spero speranz* festa vacanz* compleann* car* dolc* delizios* gradevol* interessant* sostegno appoggi* tranquill* viva applaus* entusias* fiduc* merit* onest* riform* rinnov* insieme lavoro_bello tvb tvtb <3 buongiorno buonanotte sereno serena serenita',
    '-17':
      'male brutt* peggio triste* tristi tristezza piang* piant* peccato dolor* noia noios* annoi* stanc* stufo stufa problema problemi error* paura odio odia odiare malat* febbre perdere perso persa perde perdono solo sola manca mancano mancat* tardi ritard* colpa difficil* impossibil* lent* caro costos* annull* debit* crisi pover* preoccup* nervos* stress* freddo dubbi* ingiust* delus* deludent* strano scus* tasse tassa tagli tagliare disoccup* spread recession* poltron* promess* smett* basta fallit* incapac* incompet* arrabbiat* incazzat* inciuc* pensioni sacrific* tedesch* macche mah boh',
    '-27':
      'orribil* orrend* terribil* pessim* schifo schif* schifos* merda merde vergogn* ladr* rubare ruba rubato truff* frod* disastr* inutil* idiot* imbecill* stupid* cretin* coglion* stronz* cazzo cazzi vaffa* vaffanculo bastard* mort* morire muore uccid* assassin* guerr* corrot* corruz* bugiard* bugie mentir* menzogn* inferno incubo deprim* depress* patetic* ridicol* maledett* violenz* terroris* insopport* schiav* fallimento fallim* tragedi* rovina* rovinat* distrugg* distrutt* dittatur* ipocrit* ipocris* buffon* pagliacc* mafios* mafia criminal* delinquent* massacr* fascist* porc*',
  },
  de: {
    '27':
      'wunderbar* wunderschon* ausgezeichnet* hervorragend* unglaublich* fantastisch* perfekt* genial* grossartig* toll tolle toller tolles tollen super superb supi spitze klasse liebe liebt lieben lieb geliebt* verliebt* glucklich* gluck begeister* herrlich* hammer mega geil geile geiler geiles sieg siege gewonnen gewinnt gewinnen meister stolz bester beste bestes besten traumhaft* herzlich* gluckwunsch*',
    '17':
      'gut gute guter gutes guten danke dank danki dankeschon schon schone schoner schones schonen mag magst gefallt gefallen hubsch* nett* cool freu freue freut freuen freude freuden froh frohe frohes lustig* witzig* lach* lachen lache haha hahaha hihi lol kuss kusschen knuddel* umarm* hoffe hoffentlich hoffnung* mut erfolg* freund* freundin* freundlich* schnell einfach nutzlich* empfehl* party feier* feiern urlaub geburtstag* lieber liebes suss* susse lecker* interessant* spannend* unterstutz* ruhig gemutlich* entspann* angenehm* applaus yay yeah jippi juhu willkommen viel_spass spass besser sonne sonnig* gonn* gelungen* geschafft endlich zufrieden* fein prima schatz wochenende',
    '-17':
      'schlecht* schlimm* traurig* wein* weinen heul* heulen schade schmerz* weh argerlich* arger* argert nerv* nervt genervt langweil* mude problem* fehler* kaputt angst hass hasse hasst krank* fieber verlier* verloren verliert allein* einsam* fehlt fehlen vermiss* verspat* spat schuld* schwer schwierig* unmoglich langsam* teuer* abgesagt* schulden krise* arm arme sorgen sorge stress* kalt kalte zweifel* unfair* ungerecht* enttausch* hasslich* komisch* seltsam* peinlich* leider frust* gefrust* kopfweh kopfschmerz* nie_wieder luge* lugen streit* kampf angriff* verletz* ausfall kein_bock blod* doof* dumm* nix mies* mimimi aua mist verdammt egal kritik warn*',
    '-27':
      'furchtbar* schrecklich* grauenhaft* grausam* schlimmst* ekel* eklig* scheiss* scheisse* kacke kack* mull schrott schand* diebe dieb gestohlen geklaut betrug* betruger* desaster katastroph* nutzlos* idiot* depp* arsch* arschloch trottel wichser hurensohn* fick* fuck tot tote toten sterben stirbt gestorben mord* morder* krieg* korrupt* lugner* holle alptraum* albtraum* depri* depression* jammerlich* lacherlich* verflucht* gewalt* terror* unertraglich* skandal* versag* tragodie* unverschamt* frechheit rassis* nazi* widerlich* beschiss* verarsch* kotz* kotzen zerstort* unfahig*',
  },
  nl: {
    '27': 'geweldig* fantastisch* perfect* prachtig* uitstekend* super* heerlijk* top toppers hou_van liefde gelukkig* trots* winnaar gewonnen gefeliciteerd fijnste mooiste beste schitterend* briljant*',
    '17':
      'goed goede dank bedankt dankjewel mooi mooie leuk leuke lief lieve fijn fijne blij blije lekker* lach* haha* grappig* gezellig* vriend* vriendelijk* snel makkelijk* handig* aanrader feest* vakantie verjaardag* zin hoop hoopvol succes* prima netjes tevreden* interessant* welkom kus* knuffel* eindelijk beter zon zonnig*',
    '-17':
      'slecht* jammer verdriet* huil* pijn* boos boze vervelend* saai* moe probleem* problemen fout* kapot bang angst haat ziek* verlies* verloren alleen mist missen vertraging* laat schuld* moeilijk* onmogelijk* traag duur geannuleerd* crisis zorgen stress* koud* twijfel* oneerlijk* teleur* lelijk* raar helaas balen klacht* irritant* waardeloos stom stomme niks',
    '-27': 'verschrikkelijk* vreselijk* afschuwelijk* slechtste walgelijk* rot* kut* klote* schande* dief dieven gestolen oplicht* ramp* nutteloos idioot* eikel* lul* dood* sterven moord* oorlog* corrupt* leugen* hel nachtmerrie* belachelijk* schandalig* terror* tering* kanker* godver*',
  },
  tr: {
    '27': 'harika* mukemmel* muhtesem* super* bayild* bayil* sahane* enfes* kusursuz* asik* ask askim mutlu* mutluluk sampiyon* gurur* tebrik* efsane*',
    '17': 'iyi guzel* tesekkur* sagol* sagolun saol sevdim severim seviyor* sevgi* sevin* hosuma hos begen* eglence* eglenceli gul* guldum haha* sansli sans kolay* hizli* basari* arkadas* tatil dogum_gunu umut* umarim keyif* nazik* memnun* tavsiye* yardimci* kazan* bravo canim lezzetli* rahat*',
    '-17':
      'kotu* uzgun* uzul* agla* aci agri* sinir* kizgin* sikici* sikildi* yorgun* sorun* hata* ariza* korku* nefret* hasta* kaybet* yalniz* eksik* gec gecik* suc* zor* imkansiz* yavas* pahali* iptal* borc* kriz* endise* stres* soguk* haksiz* hayal_kirikligi cirkin* garip* maalesef malesef yazik* sikayet* bikti* bozuk* mağdur*',
    '-27': 'berbat* korkunc* igrenc* rezalet* rezil* hirsiz* dolandir* felaket* aptal* salak* gerizekali* olum* oldur* savas* yalan* yalanci* kabus* cehennem* utanc* utanmaz* terbiyesiz* lanet* rezillik* serefsiz* ahlaksiz*',
  },
  hi: {
    '27':
      'mast zabardast jabardast shandar shaandar kamaal kamal jhakaas pyar pyaar pyara pyari ishq mohabbat khush khushi khushiyan mubarak mubaarak badhai badhaai badiya badhiya bdiya behtareen behatareen lajawab superb awesome wow best love luv amazing fantastic great jeet jeeto jeeta jai',
    '17':
      'accha acha achha achcha acchi achi achhi ache acche achhe thik theek sahi shukriya dhanyavad dhanyawad dhanyavaad thanks thnx thnks thank thx ty sundar sunder khubsurat khoobsurat dost dosti yaar bhai_love maza mazaa maja mja majaa hasi hansi haha hahaha hehe hihi lol nice good gud gm gn cute cool happy hapy hbd swagat umeed asha aasha dua duaa ashirwad party sweet lucky congrats congratulations congo welcome enjoy superhit hit smile fun ji support help_mili milgaya mil_gaya jaldi_aaya respect pasand swad tasty beautiful handsome proud win winner',
    '-17':
      'bura buri bure kharab khraab dukh dukhi dard takleef pareshan pareshani preshan preshani gussa naraz naraaz dar darr bimar beemar bukhar akela akeli thak thaka bore boring mushkil nahi_chal problem problm dikkat galat galti late der deri mehnga mehenga mahanga cancel sad sorry miss hate rona ro ronaa roya kami tension chinta bekar_lag nuksan nuksaan haar hara hari hare haara udaas udas alvida garib gareeb jalan fail failed error slow band shikayat complaint koi_jawab bad upset angry cry tired hurt alone sick worst_feel',
    '-27':
      'bekar bakwas bakwaas ghatiya gatiya wahiyat vahiyat chor chori chutiya chutiye chu madarchod mc bc bhosdi bhosdike gandu gand harami haramkhor kutta kutte kamina kamine saala saale pagal gadha gadhe bewakoof bevkoof ullu dhokha dhoka dhokhebaaz fraud frod loot loota lootere mar maut mara mare marr jhoot jhuth jhooth jhutha jhoota nafrat barbad barbaad sharam sharm besharam gaali deshdrohi gaddar worst pathetic useless terrible horrible shit fuck hell idiot stupid nonsense disgusting gunda ganda gandi gande',
  },
  ar: {
    '27':
      'رائع رائعه رائعة روعة روعه ممتاز ممتازة ممتازه مذهل جميل جميلة جميله الجميل اجمل أجمل احب أحب احبك أحبك بحبك حبيبي حبيبتي حب الحب عشق سعيد سعيدة سعاده سعادة السعادة فرح الفرح فرحة مبروك مبارك الف_مبروك تهانينا افضل أفضل الافضل خرافي خيالي خورافي فخر فخور نجاح النجاح فوز فاز الفوز بطل ابطال عبقري يجنن تجنن احلى أحلى',
    '17':
      'جيد جيدة زين حلو حلوة حلوه شكرا شكراً مشكور مشكورين يعطيك العافية كويس كويسة تمام ممتن خير الخير بخير صباح نور النور ورد الحمد لله الحمدلله الحمدالله يارب رحمة توفيق موفق موفقين بالتوفيق ابتسامة ضحك هههه ههههه هههههه ههههههه هههههههه صديق اصدقاء سهل سريع مفيد انصح امل أمل شجاع سلام السلام كريم لطيف لذيذ عيد هدية هدايا حماس متحمس تستاهل يستاهل قلبي عسل دعم ادعم حلال كفو الله_يسعد يسعدك يسعدكم حفظ يحفظ تطور ابداع إبداع مبدع جديد نصر انتصار ينصر',
    '-17':
      'سيء سيئ سيئة سيئه سئ حزين حزينه حزن الحزن زعلان زعل بكاء ابكي يبكي الم ألم وجع تعب تعبت تعبان ملل طفش زهق مشكلة مشكله مشاكل خطا خطأ عطل خوف خايف اخاف مريض مرض المرض خسارة خسر خسارة خسرنا وحيد وحيدة ناقص تاخير تأخير متأخر متاخر ذنب صعب صعبة مستحيل بطيء غالي الغاء ديون ازمة أزمة فقير فقر قلق توتر برد شك ظلم مظلوم محبط احباط خيبة غبي للاسف للأسف حرام عيب اسف نكد تهديد قصف يقصف ضحايا قلة_ادب اشتقت فقدت فقد مات توفي الله_يرحم دموع',
    '-27':
      'زفت زبالة زباله وسخ قذر مقرف قرف حقير كلب كلاب حمار حمير خنزير لعنة لعن الله_يلعن اكره أكره كره كراهية الكره سرقة حرامي لصوص نصاب نصب احتيال كارثة كارثه فاشل فشل فاشلين قتل يقتل قتلوا قتلى القتل موت الموت دم دماء الدم شهيد شهداء حرب الحرب ارهاب إرهاب ارهابي ارهابيين الارهاب داعش فساد فاسد كذب كذاب كاذب خيانة خائن خونة جحيم كابوس فضيحة مجرم مجرمين مجزرة مجازر دمار تدمير عار العار سافل منافق منافقين احتلال حقد طائفي اجرام تفجير تفجيرات خراب',
  },
  pl: {
    '27': 'wspania* cudown* swietn* super rewelac* idealn* kocham uwielbi* szczesliw* najleps* fantastyczn* brawo gratul*',
    '17': 'dobry dobra dobre dobrze dzieki dziekuje lubie ladn* pieknie piekn* mil* fajn* wesol* usmiech* smieszn* haha* hihi* szybk* latw* polecam nadziej* urodzin* wakacj* przyjem* ciekaw* pomocn* wygra* nareszcie sukces*',
    '-17': 'zly zla zle gorsz* smutn* smutek placz* bol* szkoda nud* zmeczon* problem* blad bledy awaria zepsut* boje strach nienawi* chor* strat* przegra* samotn* brak* pozno opozni* trudn* niemozliw* woln* drog* odwolan* dlug* kryzys* stres* zimn* rozczar* brzydk* dziwn* niestety reklamacj* skarg* denerw*',
    '-27': 'okropn* straszn* najgorsz* fataln* tragedi* katastrof* dno zenad* wstyd* zlodziej* oszus* kradzie* idiot* debil* kretyn* gowno kurwa* chuj* smierc* zabi* wojn* klams* pieklo koszmar* beznadziej* skandal* zalosn* porazk*',
  },
  sv: {
    '27': 'underbar* fantastisk* perfekt* strålande bäst bästa älskar kärlek lycklig* magisk* grym* grattis suverän* toppen',
    '17': 'bra tack gillar fin fina fint snygg* kul rolig* glad glada gladare skratt* haha* skön* vänlig* snabb* lätt* rekommend* hoppas kalas semester fest* söt* god gott trevlig* intressant* hjälpsam* vann äntligen bättre sol mysig* kram* puss*',
    '-17': 'dålig* tråkig* ledsen ledsna gråt* ont synd arg arga irriter* trött* problem* fel trasig* rädd* hatar sjuk* feber förlor* ensam* saknar sen försen* svår* omöjlig* långsam* dyr* inställ* kris* oro* stress* kall* besvik* ful* konstig* tyvärr klagom* jobbig* usel*',
    '-27': 'hemsk* fruktansvärd* sämst* värst* äcklig* skit* jävla helvete tjuv* stulen bedräg* katastrof* idiot* dum* död* dö mord* krig* lögn* mardröm* patetisk* löjlig* skandal* skam* fiasko*',
  },
}
