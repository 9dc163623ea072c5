PRAGMA application_id = 1987080805;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE answer (
            id INTEGER PRIMARY KEY,
            identity TEXT NOT NULL UNIQUE,
            facts TEXT NOT NULL,
            at TEXT NOT NULL,
            voiceprep TEXT NOT NULL,
            place TEXT NOT NULL,
            recording TEXT NOT NULL,
            name TEXT NOT NULL,
            duration REAL NOT NULL,
            container TEXT NOT NULL,
            codec TEXT NOT NULL,
            rate INTEGER NOT NULL,
            channels INTEGER NOT NULL,
            question TEXT,
            question_text TEXT,
            question_kind TEXT,
            engine TEXT NOT NULL,
            engine_version TEXT NOT NULL,
            model TEXT NOT NULL,
            model_sha256 TEXT NOT NULL,
            settings TEXT NOT NULL,
            transcript TEXT NOT NULL
        );
INSERT INTO "answer" VALUES(1,'d7e798d2f61ad596081f3726a9e5812e7614c9981207f6bf17a9c0f6b5d9e4dc','e78f25a7455460cd69ab717f06460bcf87fd4e16e7a2dcfd1db1a1351aacbd31','2026-01-02T10:00:00+00:00','0.1.0','','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','answer.m4a',12.5,'mp4','aac',48000,2,'late-project','Tell me about a late project.','behavioural','scripted','1','none','0000000000000000000000000000000000000000000000000000000000000000','{"beam":5}','{"caveats":[],"detector":null,"doubtful":[],"duration":4.5,"engine":{"model":"none","name":"scripted","settings":{"beam":5},"sha256":"0000000000000000000000000000000000000000000000000000000000000000","version":"1"},"language":"en","language_probability":0.99,"nuclei":[],"pauses":[{"end":2.65,"place":"between_clauses","start":1.85}],"quality":{"clipped":0.0,"noise_db":-58.0,"speech_db":-22.0},"speech":[{"end":1.85,"start":0.5},{"end":4.0,"start":2.65}],"timing":"sound","voice":null,"words":[{"end":0.8,"heard":"text","kind":"word","probability":0.95,"start":0.5,"text":"I"},{"end":1.15,"heard":"text","kind":"word","probability":0.95,"start":0.85,"text":"was"},{"end":1.5,"heard":"text","kind":"filled_pause","probability":0.95,"start":1.2,"text":"um"},{"end":1.85,"heard":"text","kind":"word","probability":0.95,"start":1.55,"text":"late."},{"end":2.95,"heard":"text","kind":"word","probability":0.95,"start":2.65,"text":"Then"},{"end":3.3,"heard":"text","kind":"word","probability":0.95,"start":3.0,"text":"we"},{"end":3.65,"heard":"text","kind":"word","probability":0.95,"start":3.35,"text":"shipped"},{"end":4.0,"heard":"text","kind":"word","probability":0.95,"start":3.7,"text":"it."}]}');
INSERT INTO "answer" VALUES(2,'e4d7210a52acb1f4ba26006165bba04c41bb5945439f32f77a901b55b5701132','e78f25a7455460cd69ab717f06460bcf87fd4e16e7a2dcfd1db1a1351aacbd31','2026-01-02T11:00:00+00:00','0.1.0','','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','answer.m4a',12.5,'mp4','aac',48000,2,NULL,NULL,NULL,'scripted','1','none','0000000000000000000000000000000000000000000000000000000000000000','{"beam":5}','{"caveats":[],"detector":null,"doubtful":[],"duration":4.5,"engine":{"model":"none","name":"scripted","settings":{"beam":5},"sha256":"0000000000000000000000000000000000000000000000000000000000000000","version":"1"},"language":"en","language_probability":0.99,"nuclei":[],"pauses":[{"end":2.65,"place":"between_clauses","start":1.85}],"quality":{"clipped":0.0,"noise_db":-58.0,"speech_db":-22.0},"speech":[{"end":1.85,"start":0.5},{"end":4.0,"start":2.65}],"timing":"sound","voice":null,"words":[{"end":0.8,"heard":"text","kind":"word","probability":0.95,"start":0.5,"text":"I"},{"end":1.15,"heard":"text","kind":"word","probability":0.95,"start":0.85,"text":"was"},{"end":1.5,"heard":"text","kind":"filled_pause","probability":0.95,"start":1.2,"text":"um"},{"end":1.85,"heard":"text","kind":"word","probability":0.95,"start":1.55,"text":"late."},{"end":2.95,"heard":"text","kind":"word","probability":0.95,"start":2.65,"text":"Then"},{"end":3.3,"heard":"text","kind":"word","probability":0.95,"start":3.0,"text":"we"},{"end":3.65,"heard":"text","kind":"word","probability":0.95,"start":3.35,"text":"shipped"},{"end":4.0,"heard":"text","kind":"word","probability":0.95,"start":3.7,"text":"it."}]}');
INSERT INTO "answer" VALUES(3,'11db7f90917a0aea40675a5b778c2abd30ac426dac4ec7580e3190556203eaa3','e78f25a7455460cd69ab717f06460bcf87fd4e16e7a2dcfd1db1a1351aacbd31','2026-05-01T09:30:12+02:00','0.1.0','/home/me/c.flac','cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc','answer.m4a',12.5,'mp4','aac',48000,2,'late-project','Tell me about a late project.','behavioural','scripted','1','none','0000000000000000000000000000000000000000000000000000000000000000','{"beam":5}','{"caveats":[],"detector":null,"doubtful":[],"duration":4.5,"engine":{"model":"none","name":"scripted","settings":{"beam":5},"sha256":"0000000000000000000000000000000000000000000000000000000000000000","version":"1"},"language":"en","language_probability":0.99,"nuclei":[],"pauses":[{"end":2.65,"place":"between_clauses","start":1.85}],"quality":{"clipped":0.0,"noise_db":-58.0,"speech_db":-22.0},"speech":[{"end":1.85,"start":0.5},{"end":4.0,"start":2.65}],"timing":"sound","voice":null,"words":[{"end":0.8,"heard":"text","kind":"word","probability":0.95,"start":0.5,"text":"I"},{"end":1.15,"heard":"text","kind":"word","probability":0.95,"start":0.85,"text":"was"},{"end":1.5,"heard":"text","kind":"filled_pause","probability":0.95,"start":1.2,"text":"um"},{"end":1.85,"heard":"text","kind":"word","probability":0.95,"start":1.55,"text":"late."},{"end":2.95,"heard":"text","kind":"word","probability":0.95,"start":2.65,"text":"Then"},{"end":3.3,"heard":"text","kind":"word","probability":0.95,"start":3.0,"text":"we"},{"end":3.65,"heard":"text","kind":"word","probability":0.95,"start":3.35,"text":"shipped"},{"end":4.0,"heard":"text","kind":"word","probability":0.95,"start":3.7,"text":"it."}]}');
CREATE TABLE measurement (
            answer INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
            metric TEXT NOT NULL,
            version INTEGER NOT NULL,
            total REAL NOT NULL,
            per REAL NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (answer, metric)
        ) WITHOUT ROWID
        ;
INSERT INTO "measurement" VALUES(1,'hesitations',2,3.0,1.5,'');
INSERT INTO "measurement" VALUES(1,'situation',1,0.0,0.0,'no question was given');
INSERT INTO "measurement" VALUES(2,'hesitations',2,3.0,1.5,'');
INSERT INTO "measurement" VALUES(2,'situation',1,0.0,0.0,'no question was given');
INSERT INTO "measurement" VALUES(3,'hesitations',2,3.0,1.5,'');
INSERT INTO "measurement" VALUES(3,'situation',1,0.0,0.0,'no question was given');
CREATE TABLE take (
            answer INTEGER PRIMARY KEY REFERENCES answer (id) ON DELETE CASCADE,
            session TEXT NOT NULL,
            number INTEGER NOT NULL,
            dropped INTEGER NOT NULL,
            ended TEXT NOT NULL,
            question_end REAL,
            thought REAL NOT NULL,
            settings TEXT NOT NULL,
            UNIQUE (session, number)
        );
INSERT INTO "take" VALUES(3,'2026-05-01-093012',2,1,'the time was up',-0.5,3.1,'{"think":30}');
CREATE INDEX measurement_of_metric ON measurement (metric, version);
CREATE INDEX answer_at ON answer (at);
COMMIT;
