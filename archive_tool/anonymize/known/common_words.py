"""Words of the language that people have, or give themselves, as names.

A name is compared without case, and everybody writes ``will``, ``cool`` and ``her``: what is looked for in
all texts of a study must not be a word that they are made of. Lower case, without accents: English first,
with the words that the chat of a study in German, French, Spanish, Italian, Dutch, Portuguese or a
Scandinavian language cannot do without.
"""

from __future__ import annotations

import re
from typing import Final

GRAMMAR: Final = frozenset(
    re.findall(
        r"\S+",
        """
        aan abbiamo aber about above achternaam adios after again against ahora algo alguien all
        alle alleen allem aller alles alone already als also although always am among anche
        ancora and andere anderen another any anybody anyone anything aqui are aren around as at ate
        att auch auf aun aunque aus aussi autre autres aux avec avete avez avoir avons away be
        because bedankt been before behind beim being below bene between bien bin bist bitte bonjour
        bonsoir both bueno but by bye cada cannot ceci cela ces cet cette chez ciao cognome com come
        comme comment como con cosa cosi could couldn cual cuando cui daar damit dank danke dann
        dans das dass dat de degli dei dein deine deinen dello dem denn des desde det deux deze dich
        did didn dig dir dit doch doei does doesn doing donde done dont door dopo dort dove down du
        durch during dus each ecco een ein eine einem einen einer eines either elas ele eles ellas
        eller elles ellos en entonces entre er era eres es ese eso essa esse essere est estamos
        estan estar estas este esto estoy et etait etes etre ett etwas euch euer eure eux ever every
        everybody everyone everything except fait few first for from full fur geen gegen geht gli
        goodbye gracias grazie haar habe haben hace hacia had hadn hallo has hasn hast hasta
        hat hatte hatten hattest have having he heb hebben heeft heisse hej hejsan hello hem her
        here hers herself het hey hi hier hij him himself his hoe hola how however hva hvad hvem
        hvor ich iemand iets if ihm ihn ihnen ihr ihre ihren ik ikke ils im immer in ins inte into
        irgendwie is isn isso ist isto it its itself ja jag je jeder jeg jemand jij jou jouw jullie
        just kann kannst kein keine keinen konnen las last least less let lets leur leurs like lol
        loro los maar macht mais man many maybe me meer mein meine meinem meinen meiner meme meno
        menos merci mes met meu mich mig might mij mijn minha mio mis mit mitt moi moins molto mon
        more most much mucho muito muss must muy my mycket myself naam naar nach nachname nadie name
        named names nao nas nee nein neither nessuno never nicht nichts nickname nie niemand niente
        niet niets no nobody noch nog nom nombre nome non none nope nos nosotros nostro not nothing
        notre nous now null ob obrigada obrigado och oder of off often ogni ohne ok okay on once
        onde one only ons ont onto onze ook or other others otra otro otros oui our ours ourselves
        out over par para parce pas pelo perche perhaps personne piu please plus poco poi por
        porque pour pourquoi prego prenom pues qualcosa qualcuno quand quando que quel quelle quello
        quem questa questo qui quien quite quoi rather really rien salut same sans sao sehr sein
        seine seinen selbst sem sender senza ser servus ses seu shall she should shouldn siamo sich
        sie siempre siete sin since sind ska so sobre soll sollte solo som some somebody someone
        something sommes somos sono sont sous soy sua such suis sul sulla suo sur surname sus tack
        takk tambem tambien tem tengo tes test than thank thanks that the their theirs them
        themselves then there these they this those though through tiene to toch todo todos
        together toi ton too tous tout toute toutes tres troppo tschuss tudo tus tussen tutti tutto
        two uber uit um un unas und undefined under unless unos uns unser unsere unter until up upon
        us username usted ustedes utan vad van var vart veel vers very voce voi voici voila vom von
        voor voornaam vor vorname vos votre vous waar waarom wann wanneer war waren warum was wasn
        wat we wel welcome wenn wer werd werde werden were weren what whatever when where whether
        which while who whom whose why wieder wij wir wird wirst with within without wo wohl would
        wouldn wurde yeah yep yes yet you your yours yourself zeer zij zijn zonder zu zum zur
        zwischen
        """,
    )
)
"""Pronouns, small words, greetings: ``she/her`` in a name, or ``me`` for one, names nobody."""

_NAMES_TOO: Final = frozenset(
    re.findall(
        r"\S+",
        """
        ace allen alma alt amber amour ange angel april art august autumn bas basil bella belle bianca
        bill bishop black blanc blanca blue boa bob bom bon bond branco brook brown brun buck bud butler
        can carol carter chance chase cherry chip christian cielo claire clay cliff clip cloud cook
        coral corto cote cruz crystal dale dawn day dean dee den der destiny dick die dolce dolly
        dolores don drew droite duke earl early ende ernest ernst esa eve faith fern field fine fisher
        flora ford forest forrest fox frank free fuchs gauche gene ginger glaube glen glory goed good
        grace grant gray green groot gros gut guy hall halt hanno harmony harvest haut hazel heather
        heaven heide herr hill holly honey hope hunt hunter ice iris ivory ivy jack jade jasmine jean
        jet jetzt jewel jong joy june jung justice kaiser king klein klug knight koch kort kurz lake
        lance land lane lang largo law lee lieb lily liten little long love lucky lune lungo luz major
        mar marche marine mark marsh mason maverick max may meister melody mercy mia mike miles mill
        miller mir mooi moon neu nick nieuw noble north nur oak ocean offer olive oud page paige paris
        park pat patience pause paz pearl penny pepper pero petit peu phoenix pilar piper pleasant pop
        preto price prince queen rain ray recht reed reef rich richter rico river rob robin rock rocky
        rod roman rood rose rot roy royal ruby rusty ruth sage sally sandy scarlet scout sharp shepherd
        sierra silver skip sky sol sole sommer song sonne south spring star stark stein stella sterling
        stern still stim stone stor storm story sue summer sunny tag taylor ted terry tiger til tom tony
        trace treatment trinity troy trust ty violet vogel wade walker wall wang ward warren watt way
        weber weiss wells west white wie wild will willow winter wise wit wolf wood woods worth wren
        young zwart
        """,
    )
)
"""First names and surnames that stand in a dictionary."""

FREQUENT: Final = frozenset(
    re.findall(
        r"\S+",
        """
        abend able acqua actor actually ad address adult afraid afternoon age agree agua ah ai aimer
        air alegre alegria alien alive alla allein almost alto amarillo amazing ami amica amici
        amico amie amiga amigo amis amor amore amusant an andare anfang anger angry angst animal
        annee anni anno ano anos answer apple apres arbeit area argent argue aria arm army arriver
        artist arzt asi ask asleep attention au audio auge aujourd aunt auto avant average awake
        awesome awful ayer azul baby back bad bag bahn bajo ball bambini bambino banana band bank
        bar basta bath battle bauer baum beach bean bear beat beau beaucoup beautiful beauty beber
        become bed beer began begin behavior behaviour bei beide beispiel bekommen believe bello
        bent berlin best better bianco bier big bike bild bird birthday bit bitter blanco blau bleu
        blume boat boca body bonito bonne book bored boring born boss bother bottle bottom bought
        bowl box boy boys brain bras brave bravo bread break breakfast bright bring brother brothers
        brought bruder bruit brutto buch buena build buon buona buono bureau bus business busy
        butter button buy cabeza cake caldo call calle calm cama came camera cane cansado capire
        capo captain car cara card care careful cars casa cat catch cats cause ce cena center
        central century cercare certain chair challenge chambre champion change chanson charge
        charming chat chaud che cheap check cheese chef chemin chercher cheval cheveux chi chiaro
        chica chicken chico chien child children chocolate choice choose choosing chose choses
        church ci ciel cinco cinema circle citta city ciudad class classe clean clear clever click
        climate clock close closed clothes club coach coat coche code coeur coffee cold collect
        college color colore colors colour colours comer comfort comfortable comida common community
        company complete comprendre computer concern condition confused connection consent consider
        contact content contento control cookie cool corazon corpo correct correr cosas cost couch
        couleur country couple cours course cousin cover crazy creative creature creer croire cross
        cry cuatro cuerpo cuidado culture cuore cup curious current custom cut cute da dad daddy dag
        dance dancer danger dangerous danken dare dark data date daughter days dead deal death
        december decide decided decir decision deep deer del demain demander dernier design desire
        desired desk detail detective develop devoir di dia diamond dias dichter diez different
        difficult difficulty din dinero dinner dios dire direct direction director disagree discuss
        distance do doctor doe dog dogs dollar domanda domani donna donner dormire dos double doubt
        dragon dragons draw dream dreams dress drink drive driver drop dry duck due dulce eagle ear
        easily east easy eat eau ecole edge education effect effort egg eh eight ej el ela
        electric element elements elle else eltern em email emotion emotional empezar empty
        encontrar end enemy energy enfadado enfant enfants english enjoy enough ensemble enter
        entire envie equal equipo erreur error errore erste escape escribir escuela esempio
        esperimento essen esta estrella estudio ete etoile etude eu even evening event ex exactly
        example excellent excited exciting exercise expect experience experiment explain express
        extra eye eyes face facil facile fact fahren fahrer fail fair faire fall falsch fame
        famiglia familia familie famille family famous fan fancy fantastic far farbe fare farm
        farmer fashion fast fat father fault faut favorite favourite fear february feel feeling
        feelings feet fehler felice felicita feliz fellow female femme fenster fest festa fete feuer
        fiesta fight figlia figlio figure file fill fille film fils fin final finally find finden
        finger finish fiore fire fit five fix flat fleur floor flor flower flowers fly focus fois
        follow food fool foot football forever forget forgot form former forse fort forte forward
        found four fra frage fragen fratello frau freddo frei frere fresh freude freund freunde
        freundin friday friend friendly friends frio frog froh froid front fruh fruit fuego fuerte
        fun funny future gabel gain game gamer games garden gardener garten gateau gato gatto geben
        gefuhl gehen geld genau general gens gente gentle gern gesicht gestern gesund gewinnen ghost
        giallo giant gift giocare gioco giorni giorno girl girls giusto give glad glass glauben
        gleich go goal goat god goes going gold golden gone got gott government grand grande grandma
        grandpa granny great greatest grew gross ground group groupe grow grown gruen grun grund
        grupo gruppe gruppo guapa guapo guardare guerre guess guest guide guilty guitar gun gusta
        gusto gute guten ha haber habit hablar hacer hai hair half hambre hand hands handsome
        happen happened happily happiness happy har hard hate haus haven hay head health healthy
        hear heard hearing heart heat heavy height heim heisst held help helper helpful hermana
        hermano hero herz heure heureux heute hidden hide high hija hijo hilfe himmel histoire
        historia history hit hm ho hoch hoffen hold hole holen holiday hombre home homme hommes
        honest hora horen horrible horse hospital hot hotel hour hours house hoy huge human hun hund
        hundred hungry hurt husband id idea ideas idee ieri igual il image imagine important
        importante impossible improve include increase indeed info information inside insieme
        instead interest interested interesting internet io ir island issue item january jaune
        jeu jeune job join joke jouer jouet jour jours jr judge juego jugar jugo juice july jump
        junge junior juste kaffee kalt kan kasse katze kaufen keep kennen kept key kid kids kill
        kind kinder kirche kitchen kitten kitty klar klasse knew know known kommen konig kopf kosten
        kuche la lachen lady lange language large lassen late later laufen laugh lavoro le
        leader leaders leading leaf learn leave leben leche leer left leg legend leggere lehrer lei
        leicht leid leiden leider lernen les lesen lesson letter letto lettre letzte leute level
        library libro licht lie liebe lieber lied life light lights ligne lindo line links
        lion lire list listen lives living livre llamar lluvia lo local loin lonely look lost lot
        loud lovely lover low lower luce luck lugar lui lumiere lunch lundi luogo lustig ma
        machen machine mad madchen made madre magic mai mail main maison make maker mal male maler
        malo mama maman mamma manager manana manger mangiare mann mano map march mare market married
        mas master masters match matin matter matto maus mauvais meal mean meaning means meat medium
        meet meeting meglio meilleur mejor member members memories memory men mensch menschen
        mention mere mesa mese message messages metal method mettere mi middle midnight miedo mieux
        mile milk mim min mind mine minute minutes minuto mirror mismo miss missing mistake mister
        mixed model modern mogen moin mom moment momento momma mommy monat monday monde mondo money
        monkey monsieur monster montag month months mood morgen morir morning mort morte mot mother
        mountain mouse mouth move movie movies mr mrs ms mude muerte mujer mum mummy mundo murder
        museum music musica musical musik musique mutter na nachste nacht nada natur natural nature
        ne near nearly necessary need negative negro nehmen neighbor neighbour nel nella nennen nerd
        nero nervous nett network neue neuen new news next ni nice night nine ninos noche
        noi noir noise nor normal nose note notice notte nouveau november nu nuevo nuit number
        numbers nummer nunca nuovo nurse oben object obst obvious occhi october office officer og oh
        ojo ojos ola old older online op open opinion option ora orange order ordinary ort os ou
        outside owner pa padre paid pain paint painter pair palabra panda pane panic papa paper
        pareja parent parents parfait parlare parler parola part parte partie partir partner
        partners party pass past path patient patients paura pay peace peach pensar pensare penser
        people pequeno per pere perfect period permission perro person persona personal personas
        persone personen persons petite peur peut pferd phone photo phrase piacere piccolo picture
        pictures pie piece pig pilot pink pirate place places plaisir plan plane planet plant platz
        play player players playing pleasure plenty pluie poder poem poet poetry point points poker
        police policy polite poor popular porta porte positive possibile possible possibly potato
        pouvoir power powerful practice prefer pregnant pregunta premier prendre prepare present
        president press pretty prevent prima primero primo princess print prison private prize
        probably problem problema probleme problems process produce product professor program
        progress project promise pronto proper protect proud prova prove psych psychology public
        puerta pull punch punkt puppy pure purple purpose push puzzle quality quarter querer
        question questions quick quickly quiet rabbit race radio ragazza ragazzo ragione rainbow
        raison random rapido raro rate rating raum razon re ready real reality reason recent rechts
        record recordar red reden refer refuse regarder regel regen regret regular reise relation
        relax remember remind repeat reply reponse report request rescue research researcher respect
        response respuesta rest result return rice richtig ricordo ride ridere right ring rise risk
        risposta road robot rojo role room rosso rouge round route row rue rufen ruhe ruhig rule
        rules run runner sa saber sache sachen sad safe sagen said sail sale salir salt samples san
        sand sapere saturday satz save savoir saw say scale scared scary scene schade schatz schauen
        schlafen schlecht schlimm schluss schmerz schnee schnell schon school schreiben schreibt
        schule schuler schwarz schwer schwester science scientist score scream screen scuola se sea
        search season seat second secret secretary security see seem seen sehen sei seid seite
        select self sell semaine semana sembra sempre senator send senior senor senora sense
        sensitive sentire september sera serious seriously service session seul seven several sex
        shade shadow shame shape share sheep ship shirt shock shoe shop short shot shoulder show
        shower shut shy si sick sicuro side sieht sig sight sign signal signora signore silence
        silent silly sim similar simple simply singen single sir sister sisters sit situation sitzen
        six size skill skin sleep sleepy slow slowly small smart smile smoke smooth snake snow
        soccer social society soeur soft sohn soir soldier soleil solid solution solve somehow
        sometimes son sonno soon sorella sorry sort sou soul sound source sourire space spater speak
        speaker special specific speech speed spend spiel spielen spieler spirit spoke sport spot
        sprache sprechen square sr st stadt stage stand standard stanza start started starting state
        station stay stehen step stick stimme stimmt stomach stop store storia strada straight
        strange stranger strasse street stress strong student studente students studie studio study
        stuff stunde stupid style su subito subject success suche suchen sucre sudden suddenly sueno
        suerte sugar suggest sun sunday sunshine super supper support sure surface surprise
        surprised survey sweet swim system ta table tage take talk talking tall tante tarde task
        taste te tea teach teacher team tears tell telling tempo temps ten tennis terra terre
        terrible testa tete text thing things think thinking third thought thousand three thursday
        ticket tie tiempo tier tierra till tiny tired tisch title tochter today told toll tomar
        tomorrow tone tonight top topic total touch tough toujours tour toward towards town toy tra
        trabajo track trade traffic train training traum traurig travail travel treat tree trees
        treffen treno trial trick trinken trip triste trop trouble trouver trovare true truly truth
        try trying tu tuesday turm turn turned tv twenty twice twin type ugly uh uhr uma una uncle
        understand unicorn university unknown unlikely uno uomo upset useful user usual usually va
        vacanza vale value various vater ve vecchio veces vedere venir venire vento ver verano
        verdad verde verloren vero verre verstehen versuch versuchen vert vi vida video vie viejo
        viel viele vielleicht vieux view village ville vino violence violent visage visit vita
        vivere vivir voice voir voiture voix volere volta volver vouloir voz vrai vraiment wa wait
        waiting wald walk want wanted warm warning warrior warten wash wasser waste watch watching
        water waters wave weak weather website wechseln wedding wednesday week weekend weg weight
        weil weird weit welt wenig wetter wheel whole wife wim win wind window wine winkel winner
        winning wirklich wish wissen witch witness witzig wizard woche wohnen wohnung wollen woman
        women won wonder wonderful word words work worker working world worried worry worse worst
        wort write writer writing written wrong wunsch ya year years yellow yesterday yo younger
        zahl zebra zehn zeichen zeigen zeit zero zimmer zo zombie zug zuruck zusammen zwei
        """,
    )
)
"""What talk and tasks are made of, and people call themselves by: ``cool cat``, ``student12@…``."""

COMMON: Final = _NAMES_TOO | FREQUENT
"""Alone these name somebody only where one bears them, and none of them is a misspelt name."""
